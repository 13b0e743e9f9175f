// SPDX-License-Identifier: MIT
// Halftone: a sum times a real factor in integers alone, as gemmlowp, TensorFlow Lite, ruy and TVM define it.
//
// The factor is a 31-bit integer and a power of two; systems differ in where the product is rounded, and how ties go. For the
// factor 1/4 and the sums 1, 2, 5, -2, -6:
//
//   double_rounding          1  1  2  -1  -2     gemmlowp: first up, then away from zero
//   double_rounding_upward   1  1  2   0  -1     ruy on x86: up, twice
//   single_rounding          0  1  1   0  -1     TFLITE_SINGLE_ROUNDING: up, once
#pragma once

#include <halftone/core/config.hpp>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>

namespace halftone::inline v0_1 {

/// The real factor value * 2^(shift - 31); value is 0 or in [2^30, 2^31).
struct fixed_point_multiplier {
  std::int32_t value = 0;
  std::int32_t shift = 0;
  friend bool operator==(const fixed_point_multiplier&, const fixed_point_multiplier&) = default;
};

/// The multiplier nearest to a factor, ties away from zero; {0, 0} for a factor below 2^-32 (the ones that round up to it
/// excepted), for zero, negative and not finite factors. Source: TFLite's QuantizeMultiplier, exact for every double.
[[nodiscard]] HALFTONE_INLINE constexpr fixed_point_multiplier to_fixed_point(double factor) noexcept {
  const auto bits = std::bit_cast<std::uint64_t>(factor);
  const auto exponent = static_cast<std::int32_t>(bits >> 52);  // with the sign, so that negative ones are large
  if (exponent == 0 || exponent >= 2047) {
    return {};
  }
  const std::uint64_t significand = (bits & ((std::uint64_t{1} << 52) - 1)) | std::uint64_t{1} << 52;
  std::uint64_t value = (significand + (std::uint64_t{1} << 21)) >> 22;
  std::int32_t shift = exponent - 1022;
  if (value == std::uint64_t{1} << 31) {
    value /= 2;
    ++shift;
  }
  if (shift < -31) {
    return {};
  }
  return {static_cast<std::int32_t>(value), shift};
}

namespace detail {

/// round(a * b / 2^31), ties up; a and b are not both the smallest.
[[nodiscard]] HALFTONE_INLINE constexpr std::int32_t high_product(std::int32_t a, std::int32_t b) noexcept {
  return static_cast<std::int32_t>((static_cast<std::int64_t>(a) * b + (std::int64_t{1} << 30)) >> 31);
}

/// x * 2^shift, without the bits above the 32nd, as the systems compute it. shift: 0 .. 31
[[nodiscard]] HALFTONE_INLINE constexpr std::int32_t shifted_left(std::int32_t x, std::int32_t shift) noexcept {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(x) << std::min(shift, 31));
}

}  // namespace detail

/// Rounds the product with value to an integer, ties up, and then the division by a power of two, ties away from zero.
/// Source: gemmlowp; TFLite's MultiplyByQuantizedMultiplier. A left shift drops bits above the 32nd.
struct double_rounding {
  [[nodiscard]] HALFTONE_INLINE static constexpr fixed_point_multiplier multiplier_of(double factor) noexcept {
    return to_fixed_point(factor);
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::int32_t multiplied(std::int32_t x, fixed_point_multiplier m) noexcept {
    const std::int32_t high = detail::high_product(detail::shifted_left(x, std::max(m.shift, 0)), m.value);
    const std::int32_t right = std::max(-m.shift, 0);
    const auto mask = static_cast<std::int32_t>((std::uint32_t{1} << right) - 1);
    return (high >> right) + ((high & mask) > (mask >> 1) + (high < 0 ? 1 : 0) ? 1 : 0);
  }
};

/// The same with ties up in both roundings. Source: ruy on x86, which TFLite's kernels BUILTIN multiply with.
struct double_rounding_upward {
  [[nodiscard]] HALFTONE_INLINE static constexpr fixed_point_multiplier multiplier_of(double factor) noexcept {
    return to_fixed_point(factor);
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::int32_t multiplied(std::int32_t x, fixed_point_multiplier m) noexcept {
    const std::int32_t high = detail::high_product(detail::shifted_left(x, std::max(m.shift, 0)), m.value);
    const std::int32_t right = std::max(-m.shift, 0);
    return (high >> right) + (right == 0 ? 0 : (high >> (right - 1)) & 1);  // the bit below the point
  }
};

/// Rounds the exact product once, ties up. Factors of 2^30 and more become the largest multiplier. What does not fit 32 bits
/// saturates. Source: TFLite built with TFLITE_SINGLE_ROUNDING.
struct single_rounding {
  [[nodiscard]] HALFTONE_INLINE static constexpr fixed_point_multiplier multiplier_of(double factor) noexcept {
    const fixed_point_multiplier m = to_fixed_point(factor);
    return m.shift > 30 ? fixed_point_multiplier{std::numeric_limits<std::int32_t>::max(), 30} : m;
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::int32_t multiplied(std::int32_t x, fixed_point_multiplier m) noexcept {
    const std::int32_t right = 31 - m.shift;
    const std::int64_t exact = (static_cast<std::int64_t>(x) * m.value + (std::int64_t{1} << (right - 1))) >> right;
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(exact, std::numeric_limits<std::int32_t>::min(),
                                                              std::numeric_limits<std::int32_t>::max()));
  }
};

/// For sums of 64 bits, of magnitude below 2^47: the multiplier is rounded to 16 bits, and the product once, ties up.
/// What does not fit 32 bits saturates. shift: below 15. Source: TFLite's MultiplyByQuantizedMultiplier of an int64.
struct sixteen_bit_rounding {
  [[nodiscard]] HALFTONE_INLINE static constexpr fixed_point_multiplier multiplier_of(double factor) noexcept {
    return to_fixed_point(factor);
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::int32_t multiplied(std::int64_t x, fixed_point_multiplier m) noexcept {
    const std::int64_t value = m.value < 0x7fff0000 ? (m.value + (1 << 15)) >> 16 : 0x7fff;
    const std::int32_t right = 15 - m.shift;
    const std::int64_t exact = (x * value + (std::int64_t{1} << (right - 1))) >> right;
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(exact, std::numeric_limits<std::int32_t>::min(),
                                                              std::numeric_limits<std::int32_t>::max()));
  }
};

/// A way to multiply a sum by a factor in integers.
template <class R, class Sum>
concept fixed_point_rounding = requires(Sum x, double factor, fixed_point_multiplier m) {
  { R::multiplier_of(factor) } noexcept -> std::same_as<fixed_point_multiplier>;
  { R::multiplied(x, m) } noexcept -> std::same_as<std::int32_t>;
};

static_assert(to_fixed_point(0.3) == fixed_point_multiplier{1288490189, -1});
static_assert(to_fixed_point(0.999999999999) == fixed_point_multiplier{1 << 30, 1} && to_fixed_point(1e-10) == fixed_point_multiplier{});
static_assert(double_rounding::multiplied(-2, {1 << 30, -1}) == -1 && double_rounding_upward::multiplied(-2, {1 << 30, -1}) == 0);
static_assert(single_rounding::multiplied(1, {1 << 30, -1}) == 0 && double_rounding::multiplied(1, {1 << 30, -1}) == 1);

}  // namespace halftone::inline v0_1
