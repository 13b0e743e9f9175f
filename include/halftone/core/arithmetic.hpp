// SPDX-License-Identifier: MIT
// Halftone: the two float primitives on which every exact result rests, for one float.
//
//   fused(a, b, c) = round(a * b + c)        one rounding, on every machine
//   product(a, b)  = round(a * b)            one rounding, never contracted with a following addition
//
// Compilers may fuse `a * b + c` on their own, intrinsics included; so in this library no raw product meets a sum.
#pragma once

#include <halftone/core/config.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace halftone::inline v0_1 {

namespace detail {

/// a * b + c rounded once, for machines without the instruction: the product is exact in double, the sum is rounded to
/// odd there, and the last step to float then rounds as if the sum had been exact (Boldo and Melquiond, 2008).
[[nodiscard]] constexpr float fused_by_double(float a, float b, float c) noexcept {
  const double p = static_cast<double>(a) * static_cast<double>(b);
  const double d = static_cast<double>(c);
  const double sum = p + d;
  const double from_p = sum - d;
  const double rest = (p - from_p) + (d - (sum - from_p));  // Knuth's two-sum: sum + rest == p + d
  auto bits = std::bit_cast<std::uint64_t>(sum);
  if (rest == rest && rest != 0.0 && (bits & 1u) == 0) {
    bits = ((rest > 0.0) == (sum > 0.0)) ? bits + 1 : bits - 1;
  }
  return static_cast<float>(std::bit_cast<double>(bits));
}

}  // namespace detail

/// round(a * b + c), rounded once.
[[nodiscard]] HALFTONE_INLINE constexpr float fused(float a, float b, float c) noexcept {
#if HALFTONE_HAS_FMA
  if (!std::is_constant_evaluated()) {
    return __builtin_fmaf(a, b, c);
  }
#endif
  return detail::fused_by_double(a, b, c);
}

/// round(a * b), opaque to contraction.
[[nodiscard]] HALFTONE_INLINE constexpr float product(float a, float b) noexcept {
  float p = a * b;
  if (!std::is_constant_evaluated()) {
#if defined(__x86_64__) || defined(__SSE2__)
    asm("" : "+x"(p));
#elif defined(__aarch64__)
    asm("" : "+w"(p));
#elif defined(__GNUC__)
    asm("" : "+m"(p));
#endif
  }
  return p;
}

/// The same in double.
[[nodiscard]] HALFTONE_INLINE constexpr double product(double a, double b) noexcept {
  double p = a * b;
  if (!std::is_constant_evaluated()) {
#if defined(__x86_64__) || defined(__SSE2__)
    asm("" : "+x"(p));
#elif defined(__aarch64__)
    asm("" : "+w"(p));
#elif defined(__GNUC__)
    asm("" : "+m"(p));
#endif
  }
  return p;
}

/// The smaller of two floats; b where a is NaN.
[[nodiscard]] HALFTONE_INLINE constexpr float minimum(float a, float b) noexcept { return a < b ? a : b; }
/// The larger of two floats; b where a is NaN.
[[nodiscard]] HALFTONE_INLINE constexpr float maximum(float a, float b) noexcept { return a > b ? a : b; }

/// |x| without libm.
[[nodiscard]] HALFTONE_INLINE constexpr float magnitude(float x) noexcept {
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(x) & 0x7fffffffu);
}

/// Neither NaN nor infinite.
[[nodiscard]] HALFTONE_INLINE constexpr bool is_finite(float x) noexcept {
  return (std::bit_cast<std::uint32_t>(x) & 0x7f800000u) != 0x7f800000u;
}

/// `yes` where the test holds, else `no`: by masks, because compilers make branches of a choice between two computations, and
/// no lanes of a loop with branches.
template <class Bits>
  requires std::is_same_v<Bits, std::uint32_t> || std::is_same_v<Bits, std::uint64_t>
[[nodiscard]] HALFTONE_INLINE constexpr Bits chosen(bool test, Bits yes, std::type_identity_t<Bits> no) noexcept {
  const Bits mask = Bits{0} - static_cast<Bits>(test);
  return (yes & mask) | (no & ~mask);
}
[[nodiscard]] HALFTONE_INLINE constexpr float chosen(bool test, float yes, float no) noexcept {
  return std::bit_cast<float>(chosen(test, std::bit_cast<std::uint32_t>(yes), std::bit_cast<std::uint32_t>(no)));
}
[[nodiscard]] HALFTONE_INLINE constexpr double chosen(bool test, double yes, double no) noexcept {
  return std::bit_cast<double>(chosen(test, std::bit_cast<std::uint64_t>(yes), std::bit_cast<std::uint64_t>(no)));
}

/// 1 / scale, and 0 where |scale| is below the smallest normal float: such a group encodes as zeros.
[[nodiscard]] HALFTONE_INLINE constexpr float reciprocal_of_scale(float scale) noexcept {
  // One division in any case, so that loops over groups are computed in lanes.
  constexpr float infinity = std::numeric_limits<float>::infinity();
  return 1.0f / chosen(magnitude(scale) < std::numeric_limits<float>::min(), infinity, scale);
}

/// Divides, rounding up.
[[nodiscard]] constexpr std::size_t ceil_div(std::size_t value, std::size_t divisor) noexcept {
  return value / divisor + (value % divisor != 0 ? 1 : 0);
}

// Sizes of memory: what does not fit std::size_t becomes its largest value, or close to it, which no memory has. So a size
// that is too large is refused where it is asked for, on machines of 32 bits too, and never wraps to a small one.
inline constexpr std::size_t largest_size = std::numeric_limits<std::size_t>::max();

[[nodiscard]] constexpr std::size_t saturated_product(std::size_t a, std::size_t b) noexcept {
  return b != 0 && a > largest_size / b ? largest_size : a * b;
}
[[nodiscard]] constexpr std::size_t saturated_sum(std::size_t a, std::size_t b) noexcept {
  return a > largest_size - b ? largest_size : a + b;
}

/// Rounds up to a multiple; the largest one that there is where the next does not fit.
[[nodiscard]] constexpr std::size_t round_up(std::size_t value, std::size_t multiple) noexcept {
  const bool fits = value <= largest_size / multiple * multiple;
  return (fits ? ceil_div(value, multiple) : largest_size / multiple) * multiple;
}

}  // namespace halftone::inline v0_1
