// SPDX-License-Identifier: MIT
// Halftone: runs of values that share parameters, sixteen at a time: their range, and their codes.
#pragma once

#include <halftone/scheme/estimator.hpp>
#include <halftone/simd/simd.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// The range of a run, and whether every value is finite (the range means nothing otherwise).
struct finite_range {
  range values;
  bool finite = true;
};

/// Same result as `range_of`; adds 0 * x to a sum that a NaN or an infinity poisons.
template <class Arch>
[[nodiscard]] inline finite_range range_of_run(const float* x, std::size_t count) noexcept {
  using floats = float_columns<Arch>;
  if (count == 0) {
    return {};
  }
  floats low = floats::broadcast(x[0]);
  floats high = low;
  floats poison = floats::zero();
  const auto take = [&](floats v) {
    low = minimum(v, low);
    high = maximum(v, high);
    poison = fused(v, floats::zero(), poison);
  };
  std::size_t i = 0;
  for (; i + panel_columns <= count; i += panel_columns) {
    take(floats::load(x + i));
  }
  // Signed zeros may come out either way here; the last line gives +0 for both.
  finite_range result{.values = {low.lowest(), high.highest()}};
  float bad = poison.all_zero() ? 0.0f : 1.0f;
  for (; i < count; ++i) {
    result.values.min = minimum(x[i], result.values.min);
    result.values.max = maximum(x[i], result.values.max);
    bad += x[i] - x[i];
  }
  result.finite = bad == 0.0f;
  result.values = {result.values.min + 0.0f, result.values.max + 0.0f};
  return result;
}

/// Whether codes of this scheme can be chosen sixteen at a time: uniform elements with ties to even.
template <class Scheme>
inline constexpr bool encodes_in_lanes =
    uniform_element<typename Scheme::element_type> && std::is_same_v<typename Scheme::rounding_type, nearest_even>;

/// Writes one code a byte for `count` values with the same parameters; the program of `encode_value`.
/// @param index  number of the first value in the matrix, for stochastic rounding
template <class Arch, scheme_type Scheme>
inline void encode_run(const float* x, std::size_t count, const group_parameters& p, const Scheme& s, std::uint64_t index,
                       std::uint8_t* codes) noexcept {
  using Element = typename Scheme::element_type;
  const float reciprocal = reciprocal_of_scale(p.scale);
  std::size_t i = 0;
  if constexpr (encodes_in_lanes<Scheme>) {
    using floats = float_columns<Arch>;
    const std::int32_t zero_point = Scheme::has_zero_point ? p.zero_point : 0;
    const floats zero = floats::broadcast(static_cast<float>(zero_point));
    const floats low = floats::broadcast(static_cast<float>(Element::min - zero_point));
    const floats high = floats::broadcast(static_cast<float>(Element::max - zero_point));
    const floats factor = floats::broadcast(reciprocal);
    const floats offset = floats::broadcast(p.offset);
    for (; i + panel_columns <= count; i += panel_columns) {
      floats v = floats::load(x + i);
      if constexpr (Scheme::has_offset) {
        v = v - offset;
      }
      if constexpr (Scheme::has_scale) {
        v = product(v, factor);
      }
      v = minimum(maximum(zero_if_nan(v), low), high);
      store_levels(round_even(v) + zero, codes + i);
    }
    if constexpr (Element::bits < 8 && Element::min < 0) {
      for (std::size_t j = 0; j < i; ++j) {
        codes[j] = static_cast<std::uint8_t>(codes[j] & ((1u << Element::bits) - 1));
      }
    }
  }
  for (; i < count; ++i) {
    codes[i] = static_cast<std::uint8_t>(encode_value(x[i], p, reciprocal, s, index + i));
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
