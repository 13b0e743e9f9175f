// SPDX-License-Identifier: MIT
// Halftone: fp32, fp16 and bf16 as elements: floats kept in 32 or 16 bits.
//
// Encoding rounds to nearest, ties to even, by integer arithmetic. Overflow gives the largest finite value (a weight or a
// scale never becomes infinite by being stored); NaN stays NaN, infinities stay infinite.
#pragma once

#include <halftone/element/element.hpp>

#include <bit>
#include <limits>

namespace halftone::inline v0_1 {

namespace detail {
/// x rounded toward zero, with the last bit set where that lost something: rounding the result again to at most 22 bits gives
/// what rounding x once gives (round to odd; Boldo and Melquiond, IEEE Transactions on Computers 57, 2008).
[[nodiscard]] HALFTONE_INLINE constexpr float to_odd_float(double x) noexcept {
  constexpr double largest = static_cast<double>(std::numeric_limits<float>::max());
  const double bounded = x > largest && x < std::numeric_limits<double>::infinity()     ? largest
                         : x < -largest && x > -std::numeric_limits<double>::infinity() ? -largest
                                                                                        : x;
  const auto nearest = static_cast<float>(bounded);
  const auto back = static_cast<double>(nearest);
  if (!(back != bounded) || bounded != bounded) {
    return nearest;
  }
  const bool beyond = bounded > 0.0 ? back > bounded : back < bounded;
  const auto bits = std::bit_cast<std::uint32_t>(nearest);
  // What is not 0 but rounds to 0 keeps its sign.
  return std::bit_cast<float>((beyond ? bits - 1 : bits) | 1u);
}
}  // namespace detail

/// IEEE 754 binary32.
struct fp32 {
  static constexpr unsigned bits = 32;
  static constexpr std::size_t dimension = 1;
  [[nodiscard]] static std::string name() { return "fp32"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr float largest() noexcept { return 1.0f; }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(float x) noexcept {
    return std::bit_cast<std::uint32_t>(x);
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr float decode(std::uint32_t code) noexcept {
    return std::bit_cast<float>(code);
  }
};

/// The upper half of binary32.
struct bf16 {
  static constexpr unsigned bits = 16;
  static constexpr std::size_t dimension = 1;
  [[nodiscard]] static std::string name() { return "bf16"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr float largest() noexcept { return 1.0f; }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(float x) noexcept {
    const auto u = std::bit_cast<std::uint32_t>(x);
    const std::uint32_t a = u & 0x7fffffffu;
    const std::uint32_t rounded = (u + 0x7fffu + ((u >> 16) & 1u)) >> 16;
    // No branches, so that loops over outputs are computed in lanes.
    const std::uint32_t finite = rounded - ((rounded & 0x7fffu) == 0x7f80u && a != 0x7f800000u ? 1u : 0u);
    return a > 0x7f800000u ? (u >> 16) | 0x40u : finite;  // quiet NaN
  }
  /// Rounded once.
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(double x) noexcept {
    return encode(detail::to_odd_float(x));
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr float decode(std::uint32_t code) noexcept {
    return std::bit_cast<float>(code << 16);
  }
};

/// IEEE 754 binary16.
struct fp16 {
  static constexpr unsigned bits = 16;
  static constexpr std::size_t dimension = 1;
  [[nodiscard]] static std::string name() { return "fp16"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr float largest() noexcept { return 1.0f; }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(float x) noexcept {
    const auto u = std::bit_cast<std::uint32_t>(x);
    const std::uint32_t sign = (u >> 16) & 0x8000u;
    const std::uint32_t a = u & 0x7fffffffu;
    // No branches, so that loops over parameters are computed in lanes. Below 2^-14 the unit is 2^-24, that of floats from
    // 1/2 to 1: a sum with 1/2 rounds to it, and leaves the code in its low bits.
    const std::uint32_t small = std::bit_cast<std::uint32_t>(std::bit_cast<float>(chosen(a < 0x38800000u, a, 0u)) + 0.5f) - 0x3f000000u;
    const std::uint32_t normal = (a - 0x38000000u + 0xfffu + ((a >> 13) & 1u)) >> 13;
    const std::uint32_t large = 0x7bffu + (a >= 0x7f800000u ? 1u : 0u) + (a > 0x7f800000u ? 0x200u : 0u);
    const std::uint32_t finite = chosen(a < 0x38800000u, small, normal);
    return sign | chosen(a >= 0x477ff000u, large, finite);  // 65520 and more rounds to 65536: saturate at 65504
  }
  /// Rounded once.
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(double x) noexcept {
    return encode(detail::to_odd_float(x));
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr float decode(std::uint32_t code) noexcept {
    const std::uint32_t sign = (code & 0x8000u) << 16;
    const std::uint32_t magnitude = code & 0x7fffu;
    const auto small = std::bit_cast<std::uint32_t>(static_cast<float>(static_cast<std::int32_t>(code & 0x3ffu)) * 0x1p-24f);
    const std::uint32_t high = magnitude >= 0x7c00u ? 0x70000000u : 0x38000000u;
    return std::bit_cast<float>(sign | chosen(magnitude < 0x400u, small, (magnitude << 13) + high));
  }
};

/// Elements that hold floats as they are: `unscaled` and `stored_as` take them.
template <class E>
concept float_element = table_element<E> && (E::bits == 16 || E::bits == 32);

static_assert(float_element<fp32> && float_element<bf16> && float_element<fp16>);
static_assert(fp16::encode(65519.0f) == 0x7bff && fp16::encode(1e9f) == 0x7bff && fp16::decode(0x3c00) == 1.0f);
static_assert(fp16::encode(0x1p-24f) == 1 && fp16::encode(0x1p-25f) == 0 && fp16::encode(0x1.8p-24f) == 2);
static_assert(bf16::encode(1.0f) == 0x3f80 && bf16::decode(0xc000) == -2.0f);

/// An fp16 number as 16 bits without arithmetic: how packed parameters are kept.
enum class binary16 : std::uint16_t {};
[[nodiscard]] HALFTONE_INLINE constexpr binary16 to_binary16(float x) noexcept { return static_cast<binary16>(fp16::encode(x)); }
[[nodiscard]] HALFTONE_INLINE constexpr float to_float(binary16 x) noexcept { return fp16::decode(static_cast<std::uint32_t>(x)); }

/// A bf16 number as an output type: 16 bits, no arithmetic.
enum class bfloat16 : std::uint16_t {};
[[nodiscard]] HALFTONE_INLINE constexpr bfloat16 to_bfloat16(float x) noexcept {
  return static_cast<bfloat16>(bf16::encode(x));
}
[[nodiscard]] HALFTONE_INLINE constexpr float to_float(bfloat16 x) noexcept {
  return bf16::decode(static_cast<std::uint32_t>(x));
}

}  // namespace halftone::inline v0_1
