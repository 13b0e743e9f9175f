// SPDX-License-Identifier: MIT
// Halftone: what an epilogue stage is: one step on the finished products before they are stored.
//
// A stage is data plus one function, written once for a single float and for a register of columns:
//
//   template <class Lanes> Lanes apply(Lanes value, const tile_position& at) const
//
// `Lanes` is float in the reference and a register of 16 columns in the kernels. A stage may use fused, product, minimum,
// maximum, magnitude, zero_if_nan, round_even, power_of_two, +, -, / between Lanes, and `lanes<Lanes>` to make one from a float or to load columns.
// Law: column j of the result depends on column j of the argument only.
#pragma once

#include <halftone/core/arithmetic.hpp>
#include <halftone/core/matrix_view.hpp>

#include <bit>
#include <concepts>

namespace halftone::inline v0_1 {

/// Which outputs a value holds: row `row`, columns column .. column + count - 1.
struct tile_position {
  std::size_t row = 0;
  std::size_t column = 0;
  std::size_t count = 1;
};

/// How a stage makes Lanes. Specialized for every register type; this one is for a single float.
template <class Lanes>
struct lanes;

template <>
struct lanes<float> {
  [[nodiscard]] HALFTONE_INLINE static float broadcast(float value) noexcept { return value; }
  /// values[0 .. count), one a column; columns past count are unspecified.
  [[nodiscard]] HALFTONE_INLINE static float load(const float* values, std::size_t) noexcept { return *values; }
};

/// The integer nearest to x, ties to even, for |x| < 2^22.
template <class Lanes>
[[nodiscard]] HALFTONE_INLINE Lanes round_even(Lanes x) noexcept {
  const Lanes magic = lanes<Lanes>::broadcast(12582912.0f);  // 1.5 * 2^23
  return (x + magic) - magic;
}

/// 2^n for an integer-valued n in [-126, 127].
[[nodiscard]] HALFTONE_INLINE float power_of_two(float n) noexcept {
  return std::bit_cast<float>((static_cast<std::int32_t>(n) + 127) << 23);
}

/// x, and 0 where x is NaN.
[[nodiscard]] HALFTONE_INLINE float zero_if_nan(float x) noexcept { return x == x ? x : 0.0f; }

/// A stage that works on a single float; kernels use the same function on registers.
template <class S>
concept epilogue_stage = std::copyable<S> && requires(const S& s, float value, const tile_position& at) {
  { s.apply(value, at) } -> std::same_as<float>;
};

}  // namespace halftone::inline v0_1
