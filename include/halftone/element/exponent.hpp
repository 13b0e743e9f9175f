// SPDX-License-Identifier: MIT
// Halftone: e8m0: powers of two from 2^-127 to 2^127 in 8 bits, for the scales of microscaling (OCP MX v1.0).
#pragma once

#include <halftone/element/minifloat.hpp>

namespace halftone::inline v0_1 {

/// Which power of two a number takes.
enum class power_rounding {
  floor,   ///< the largest that is not above it: OCP's own rule for scales
  ceil,    ///< the smallest that is not below it: nothing overflows
  nearest  ///< by the mantissa: from 1.5 on the next. As ml_dtypes and PyTorch have it, where between 2^-127 and 2^-126 every
           ///< number goes up to the smallest normal float
};

/// 2^(code - 127); code 255 is NaN. There is no sign and no zero: a number counts by its magnitude, what is smaller than
/// 2^-127 becomes that (zero, too), what is larger than 2^127 becomes that (infinities, too). Schemes keep only scales of
/// mappings with `positive_scale` so. 2^-127 is a subnormal float.
template <power_rounding Rounding>
struct e8m0 {
  static constexpr unsigned bits = 8;
  static constexpr std::size_t dimension = 1;
  static constexpr bool only_positive = true;

  [[nodiscard]] static std::string name() {
    return Rounding == power_rounding::floor  ? "e8m0_floor"
           : Rounding == power_rounding::ceil ? "e8m0_ceil"
                                              : "e8m0_nearest";
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr float largest() noexcept { return 0x1p127f; }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(float x) noexcept { return code_of_number(x); }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(double x) noexcept { return code_of_number(x); }
  [[nodiscard]] HALFTONE_INLINE static constexpr float decode(std::uint32_t code) noexcept {
    const std::uint32_t exponent = code & 255u;
    const std::uint32_t finite = chosen(exponent == 0, 0x00400000u, exponent << 23);
    return std::bit_cast<float>(chosen(exponent == 255, 0x7fc00000u, finite));
  }

 private:
  template <class Float>
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t code_of_number(Float x) noexcept {
    using source = detail::source_float<Float>;
    using word = typename source::word;
    constexpr word infinity = std::bit_cast<word>(std::numeric_limits<Float>::infinity());
    constexpr word smallest_normal = static_cast<word>(source::bias - 126) << source::fraction;
    constexpr word smallest =  // 2^-127, a subnormal float but a normal double
        source::bias == 127 ? word{1} << (source::fraction - 1) : static_cast<word>(source::bias - 127) << source::fraction;
    constexpr word whole = word{1} << source::fraction;
    constexpr word carry = Rounding == power_rounding::floor ? 0 : Rounding == power_rounding::ceil ? whole - 1 : whole / 2;
    const word a = std::bit_cast<word>(x) & ~(word{1} << (8 * sizeof(word) - 1));
    const word normal = ((a + carry) >> source::fraction) - static_cast<word>(source::bias - 127);
    const word small = Rounding != power_rounding::floor && a > smallest ? 1u : 0u;
    const word code = chosen(a < smallest_normal, small, normal);
    const word finite = chosen(code > 254, word{254}, code);
    return static_cast<std::uint32_t>(chosen(a > infinity, word{255}, finite));
  }
};

using e8m0_floor = e8m0<power_rounding::floor>;
using e8m0_ceil = e8m0<power_rounding::ceil>;
using e8m0_nearest = e8m0<power_rounding::nearest>;

static_assert(table_element<e8m0_floor>);
static_assert(e8m0_floor::encode(1.99f) == 127 && e8m0_ceil::encode(1.01f) == 128 && e8m0_nearest::encode(1.5f) == 128);
static_assert(e8m0_floor::decode(0) == 0x1p-127f && e8m0_floor::encode(0.0f) == 0 && e8m0_ceil::encode(0x1.8p127f) == 254);

}  // namespace halftone::inline v0_1
