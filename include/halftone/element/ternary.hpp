// SPDX-License-Identifier: MIT
// Halftone: -1, 0 and 1: as two bits each, and five in a byte.
#pragma once

#include <halftone/element/integer.hpp>

namespace halftone::inline v0_1 {

/// -1, 0, 1 in two bits, two's complement: a uniform element like any other, with integer dot products.
using ternary = int2_narrow;

/// -1, 0, 1 as digits of base 3, five in a byte: 1.6 bits a weight. The digits d_0 .. d_4 (level + 1, the first weight's most
/// significant, 0 where a row ends) are a number n below 243, kept as ceil(256 n / 243): a fraction of 256 whose digits come out
/// at the top of products with 3, as in ggml's TQ1_0,
///
///   d_i = 3 * (byte * 3^i mod 256) / 256
///
/// Rounds to nearest, ties away from zero, as ggml does; NaN is 0, infinities are 1 and -1.
struct ternary_base3 {
  static constexpr unsigned bits = 2;
  static constexpr std::size_t dimension = 5;
  [[nodiscard]] static std::string name() { return "ternary_base3"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::size_t unit_bytes(std::size_t) noexcept { return 1; }
  [[nodiscard]] HALFTONE_INLINE static constexpr float largest() noexcept { return 1.0f; }

  /// The level of one weight.
  [[nodiscard]] HALFTONE_INLINE static constexpr std::int32_t level_of(float x) noexcept {
    return static_cast<std::int32_t>(x >= 0.5f) - static_cast<std::int32_t>(x <= -0.5f);
  }
  /// The byte of five levels, and back: any byte is three-valued, that of no five levels too.
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint8_t byte_of(const std::int32_t (&levels)[dimension]) noexcept {
    std::uint32_t number = 0;
    for (const std::int32_t level : levels) {
      number = 3 * number + static_cast<std::uint32_t>(level + 1);
    }
    return static_cast<std::uint8_t>((number * 256 + 242) / 243);
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::int32_t level_at(std::uint8_t byte, std::size_t i) noexcept {
    constexpr std::uint32_t powers[dimension] = {1, 3, 9, 27, 81};
    const std::uint32_t rest = byte * powers[i] & 255u;
    return static_cast<std::int32_t>(rest * 3 >> 8) - 1;
  }

  HALFTONE_INLINE static constexpr void encode_unit(std::span<const float> scaled, std::span<std::uint8_t> out,
                                                    unit_position) noexcept {
    std::int32_t levels[dimension] = {-1, -1, -1, -1, -1};
    for (std::size_t i = 0; i < scaled.size(); ++i) {
      levels[i] = level_of(scaled[i]);
    }
    out[0] = byte_of(levels);
  }
  HALFTONE_INLINE static constexpr void decode_unit(std::span<const std::uint8_t> bytes, std::span<float> values,
                                                    unit_position) noexcept {
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>(level_at(bytes[0], i));
    }
  }
};

static_assert(uniform_element<ternary> && ternary::min == -1 && ternary::max == 1 && ternary::bits == 2);
static_assert(unit_element<ternary_base3>);

}  // namespace halftone::inline v0_1
