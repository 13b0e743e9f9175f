// SPDX-License-Identifier: MIT
// Halftone: sixteen packed parameters as float columns, whatever they are kept as.
#pragma once

#include <halftone/element/float_storage.hpp>
#include <halftone/simd/simd.hpp>

#include <bit>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

template <class Arch>
[[nodiscard]] HALFTONE_INLINE float_columns<Arch> load_parameters(const float* values) noexcept {
  return float_columns<Arch>::load(values);
}

/// Exact; NaN may become another NaN.
template <class Arch>
[[nodiscard]] HALFTONE_INLINE float_columns<Arch> load_parameters(const binary16* values) noexcept {
  if constexpr (requires { native<Arch>::widen_fp16(values); }) {
    using batch = typename float_columns<Arch>::batch;
    return float_columns<Arch>::each([&](auto i) HALFTONE_INLINE_LAMBDA {
      return batch(native<Arch>::widen_fp16(values + batch::size * i));
    });
  } else {
    alignas(64) float wide[panel_columns];
    for (std::size_t j = 0; j < panel_columns; ++j) {
      wide[j] = to_float(values[j]);
    }
    return float_columns<Arch>::load(wide);
  }
}

template <class Arch>
[[nodiscard]] HALFTONE_INLINE float_columns<Arch> load_parameters(const bfloat16* values) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    return widen_bf16<Arch>(reinterpret_cast<const std::uint8_t*>(values));
  } else {
    alignas(64) float wide[panel_columns];
    for (std::size_t j = 0; j < panel_columns; ++j) {
      wide[j] = to_float(values[j]);
    }
    return float_columns<Arch>::load(wide);
  }
}

/// Parameters that several rows use one after the other: floats are read each time, for an instruction reads them from memory at
/// no cost and they leave the registers to the sums; others are widened once.
template <class Arch, class Parameter>
class shared_parameters {
 public:
  HALFTONE_INLINE explicit shared_parameters(const Parameter* values) noexcept : wide_(load_parameters<Arch>(values)) {}
  [[nodiscard]] HALFTONE_INLINE float_columns<Arch> columns() const noexcept { return wide_; }

 private:
  float_columns<Arch> wide_;
};
template <class Arch>
class shared_parameters<Arch, float> {
 public:
  HALFTONE_INLINE explicit shared_parameters(const float* values) noexcept : values_(values) {}
  [[nodiscard]] HALFTONE_INLINE float_columns<Arch> columns() const noexcept {
    return float_columns<Arch>::load(fresh(values_));
  }

 private:
  const float* values_;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
