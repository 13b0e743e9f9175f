// SPDX-License-Identifier: MIT
// Halftone: sixteen columns as xsimd batches: the float and int32 side of every kernel.
//
// `native<Arch>` names the xsimd instruction set and supplies, on its register `floats`: fused; quotient (xsimd 8.1
// approximates it on Arm); square_root; minimum and maximum (the second argument where the first is NaN); power_of_two; opaque (keeps a
// product from being contracted); and where the machine has masks load_first and store_first.
#pragma once

#include <halftone/epilogue/stage.hpp>
#include <halftone/simd/xsimd.hpp>

#include <cstdint>
#include <utility>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Sixteen floats, one a column.
template <class Arch>
struct float_columns {
  using batch = xsimd::batch<float, typename native<Arch>::xsimd_arch>;
  static constexpr std::size_t width = batch::size;
  static constexpr std::size_t parts = panel_columns / width;
  static constexpr bool has_masks = requires(const float* values) { native<Arch>::load_first(values, width); };
  batch part[parts];

  [[nodiscard]] HALFTONE_INLINE static float_columns zero() noexcept { return broadcast(0.0f); }
  [[nodiscard]] HALFTONE_INLINE static float_columns broadcast(float value) noexcept {
    return each([&](auto) HALFTONE_INLINE_LAMBDA { return batch(value); });
  }
  [[nodiscard]] HALFTONE_INLINE static float_columns load(const float* values) noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA { return batch::load_unaligned(values + i * width); });
  }
  HALFTONE_INLINE void store(float* values) const noexcept {
    for (std::size_t i = 0; i < parts; ++i) {
      part[i].store_unaligned(values + i * width);
    }
  }
  /// Reads or writes the first `count` columns only; the others read as 0.
  [[nodiscard]] HALFTONE_INLINE static float_columns load(const float* values, std::size_t count) noexcept {
    if (count >= panel_columns) {
      return load(values);
    }
    if constexpr (has_masks) {
      return each([&](auto i) HALFTONE_INLINE_LAMBDA {
        return batch(native<Arch>::load_first(values + i * width, count < i * width ? 0 : count - i * width));
      });
    } else {
      alignas(64) float copy[panel_columns] = {};
      for (std::size_t j = 0; j < count; ++j) {
        copy[j] = values[j];
      }
      return load(copy);
    }
  }
  HALFTONE_INLINE void store(float* values, std::size_t count) const noexcept {
    if (count >= panel_columns) {
      store(values);
      return;
    }
    if constexpr (has_masks) {
      for (std::size_t i = 0; i < parts; ++i) {
        native<Arch>::store_first(values + i * width, part[i], count < i * width ? 0 : count - i * width);
      }
    } else {
      alignas(64) float copy[panel_columns];
      store(copy);
      for (std::size_t j = 0; j < count; ++j) {
        values[j] = copy[j];
      }
    }
  }

  /// One batch after the other: make(0), make(1), ...
  template <class Part>
  [[nodiscard]] HALFTONE_INLINE static float_columns each(const Part& make) noexcept {
    return each_of(make, std::make_index_sequence<parts>{});
  }
  template <class Part, std::size_t... I>
  [[nodiscard]] HALFTONE_INLINE static float_columns each_of(const Part& make, std::index_sequence<I...>) noexcept {
    return {{make(std::integral_constant<std::size_t, I>{})...}};
  }

  [[nodiscard]] HALFTONE_INLINE friend float_columns operator+(float_columns a, float_columns b) noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA { return a.part[i] + b.part[i]; });
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns operator-(float_columns a, float_columns b) noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA { return a.part[i] - b.part[i]; });
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns operator/(float_columns a, float_columns b) noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA { return batch(native<Arch>::quotient(a.part[i], b.part[i])); });
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns fused(float_columns a, float_columns b, float_columns c) noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA { return batch(native<Arch>::fused(a.part[i], b.part[i], c.part[i])); });
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns product(float_columns a, float_columns b) noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA {
      typename batch::register_type p = a.part[i] * b.part[i];
      native<Arch>::opaque(p);
      return batch(p);
    });
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns minimum(float_columns a, float_columns b) noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA { return batch(native<Arch>::minimum(a.part[i], b.part[i])); });
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns maximum(float_columns a, float_columns b) noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA { return batch(native<Arch>::maximum(a.part[i], b.part[i])); });
  }
  /// The smallest and the largest column, none of them NaN; whether all are 0.
  [[nodiscard]] HALFTONE_INLINE float lowest() const noexcept { return native<Arch>::lowest(lowest_lanes()); }
  [[nodiscard]] HALFTONE_INLINE float highest() const noexcept { return native<Arch>::highest(highest_lanes()); }
  /// The smallest and the largest of the columns in each lane.
  [[nodiscard]] HALFTONE_INLINE batch lowest_lanes() const noexcept {
    batch low = part[0];
    for (std::size_t i = 1; i < parts; ++i) {
      low = batch(native<Arch>::minimum(low, part[i]));
    }
    return low;
  }
  [[nodiscard]] HALFTONE_INLINE batch highest_lanes() const noexcept {
    batch high = part[0];
    for (std::size_t i = 1; i < parts; ++i) {
      high = batch(native<Arch>::maximum(high, part[i]));
    }
    return high;
  }
  [[nodiscard]] HALFTONE_INLINE bool all_zero() const noexcept {
    bool zero = true;
    for (std::size_t i = 0; i < parts; ++i) {
      zero = zero && native<Arch>::all_zero(part[i]);
    }
    return zero;
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns magnitude(float_columns a) noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA { return xsimd::abs(a.part[i]); });
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns zero_if_nan(float_columns a) noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA { return xsimd::select(a.part[i] == a.part[i], a.part[i], batch(0.0f)); });
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns power_of_two(float_columns n) noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA { return batch(native<Arch>::power_of_two(n.part[i])); });
  }
};

/// Sixteen int32, one a column.
template <class Arch>
struct int_columns {
  using batch = xsimd::batch<std::int32_t, typename native<Arch>::xsimd_arch>;
  static constexpr std::size_t width = batch::size;
  static constexpr std::size_t parts = panel_columns / width;
  batch part[parts];

  [[nodiscard]] HALFTONE_INLINE static int_columns broadcast(std::int32_t value) noexcept {
    return each([&](auto) HALFTONE_INLINE_LAMBDA { return batch(value); });
  }
  [[nodiscard]] HALFTONE_INLINE static int_columns load(const std::int32_t* values) noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA { return batch::load_unaligned(values + i * width); });
  }
  HALFTONE_INLINE void store(std::int32_t* values) const noexcept {
    for (std::size_t i = 0; i < parts; ++i) {
      part[i].store_unaligned(values + i * width);
    }
  }
  /// One batch after the other: make(0), make(1), ...
  template <class Part>
  [[nodiscard]] HALFTONE_INLINE static int_columns each(const Part& make) noexcept {
    return each_of(make, std::make_index_sequence<parts>{});
  }
  template <class Part, std::size_t... I>
  [[nodiscard]] HALFTONE_INLINE static int_columns each_of(const Part& make, std::index_sequence<I...>) noexcept {
    return {{make(std::integral_constant<std::size_t, I>{})...}};
  }
  /// Modulo 2^32, like every integer step of the kernels.
  [[nodiscard]] HALFTONE_INLINE friend int_columns operator+(int_columns a, int_columns b) noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA { return a.part[i] + b.part[i]; });
  }
  [[nodiscard]] HALFTONE_INLINE friend int_columns operator-(int_columns a, int_columns b) noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA { return a.part[i] - b.part[i]; });
  }
  [[nodiscard]] HALFTONE_INLINE friend int_columns operator*(int_columns a, int_columns b) noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA { return a.part[i] * b.part[i]; });
  }
  /// The bits of floats as integers.
  [[nodiscard]] HALFTONE_INLINE static int_columns bits_of(float_columns<Arch> a) noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA { return batch(native<Arch>::as_ints(native<Arch>::bits_of(a.part[i]))); });
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns<Arch> to_float(int_columns a) noexcept {
    return float_columns<Arch>::each([&](auto i) HALFTONE_INLINE_LAMBDA { return xsimd::to_float(a.part[i]); });
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
