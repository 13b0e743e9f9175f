// SPDX-License-Identifier: MIT
// Halftone: codes of 8 bits from one scale to another, as XNNPACK computes them for the operator QUANTIZE.
#pragma once

#include <halftone/core/arithmetic.hpp>
#include <halftone/epilogue/fixed_point.hpp>

#include <algorithm>

namespace halftone::inline v0_1::tflite {

/// round(x * round(256 * factor) / 256): the factor, input scale / output scale as a float, keeps 8 bits behind the point (ties to
/// even), the product is rounded up at ties. x is a code less its zero point; the output's is added afterwards, and then the code is
/// clamped. Source: XNNPACK's conversion of qs8 and qu8, which TensorFlow Lite runs QUANTIZE by where `takes(factor)`.
struct eight_bit_rounding {
  /// Factors that XNNPACK takes; others are the builtin kernel's, `double_rounding_upward`.
  [[nodiscard]] HALFTONE_INLINE static constexpr bool takes(double factor) noexcept {
    const auto narrow = static_cast<float>(factor);
    return narrow >= 0x1p-8f && narrow <= 0x1p7f;
  }
  /// The multiplier in 256ths. @pre takes(factor)
  [[nodiscard]] HALFTONE_INLINE static constexpr fixed_point_multiplier multiplier_of(double factor) noexcept {
    constexpr float magic = 0x1.8p23f;  // adding it rounds to an integer, ties to even
    return {static_cast<std::int32_t>((static_cast<float>(factor) * 256.0f + magic) - magic), 23};
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::int32_t multiplied(std::int32_t x, fixed_point_multiplier m) noexcept {
    return (x * m.value + 128) >> 8;
  }
};

static_assert(fixed_point_rounding<eight_bit_rounding, std::int32_t>);

/// A code of 8 bits under other parameters, as XNNPACK's QUANTIZE has it.
/// @tparam Byte  std::int8_t or std::uint8_t
/// @param  m     eight_bit_rounding::multiplier_of(float(input scale / output scale))
template <class Byte>
[[nodiscard]] HALFTONE_INLINE constexpr Byte requantized_code(Byte code, std::int32_t input_zero_point, fixed_point_multiplier m,
                                                              std::int32_t output_zero_point) noexcept {
  const std::int32_t moved = eight_bit_rounding::multiplied(code - input_zero_point, m) + output_zero_point;
  return static_cast<Byte>(std::clamp<std::int32_t>(moved, std::numeric_limits<Byte>::min(), std::numeric_limits<Byte>::max()));
}

}  // namespace halftone::inline v0_1::tflite
