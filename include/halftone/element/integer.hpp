// SPDX-License-Identifier: MIT
// Halftone: integer elements of 1 to 8 bits and of 16, signed and unsigned.
#pragma once

#include <halftone/element/element.hpp>

namespace halftone::inline v0_1 {

enum class signedness { is_signed, is_unsigned };

/// full: every code is used. narrow: signed codes leave out the most negative level, so that the range is symmetric.
enum class code_range { full, narrow };

/// The integers of `Bits` bits. Stored as two's complement if signed.
template <unsigned Bits, signedness Sign, code_range Range = code_range::full>
  requires((Bits >= 1 && Bits <= 8) || Bits == 16)
struct integer {
  static_assert(!(Range == code_range::narrow && Sign == signedness::is_unsigned),
                "integer: only signed elements have a narrow range");
  static constexpr unsigned bits = Bits;
  static constexpr std::size_t dimension = 1;
  static constexpr bool is_signed = Sign == signedness::is_signed;
  static constexpr std::uint32_t mask = (1u << Bits) - 1;
  static constexpr std::int32_t lowest = is_signed ? -(1 << (Bits - 1)) : 0;
  static constexpr std::int32_t min = lowest + (Range == code_range::narrow ? 1 : 0);
  static constexpr std::int32_t max = is_signed ? (1 << (Bits - 1)) - 1 : (1 << Bits) - 1;

  [[nodiscard]] static std::string name() {
    return detail::message(is_signed ? "int" : "uint", Bits, Range == code_range::narrow ? "_narrow" : "");
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t code_of(std::int32_t level) noexcept {
    return static_cast<std::uint32_t>(level) & mask;
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::int32_t level_of(std::uint32_t code) noexcept {
    const auto level = static_cast<std::int32_t>(code & mask);
    return is_signed && level > max ? level - (1 << Bits) : level;
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr float decode(std::uint32_t code) noexcept {
    return static_cast<float>(level_of(code));
  }
};

using int2 = integer<2, signedness::is_signed>;
using int3 = integer<3, signedness::is_signed>;
using int4 = integer<4, signedness::is_signed>;
using int5 = integer<5, signedness::is_signed>;
using int6 = integer<6, signedness::is_signed>;
using int7 = integer<7, signedness::is_signed>;
using int8 = integer<8, signedness::is_signed>;
using int16 = integer<16, signedness::is_signed>;  ///< multiplied as floats

using int2_narrow = integer<2, signedness::is_signed, code_range::narrow>;
using int3_narrow = integer<3, signedness::is_signed, code_range::narrow>;
using int4_narrow = integer<4, signedness::is_signed, code_range::narrow>;
using int5_narrow = integer<5, signedness::is_signed, code_range::narrow>;
using int6_narrow = integer<6, signedness::is_signed, code_range::narrow>;
using int7_narrow = integer<7, signedness::is_signed, code_range::narrow>;
using int8_narrow = integer<8, signedness::is_signed, code_range::narrow>;
using int16_narrow = integer<16, signedness::is_signed, code_range::narrow>;

using uint1 = integer<1, signedness::is_unsigned>;
using uint2 = integer<2, signedness::is_unsigned>;
using uint3 = integer<3, signedness::is_unsigned>;
using uint4 = integer<4, signedness::is_unsigned>;
using uint5 = integer<5, signedness::is_unsigned>;
using uint6 = integer<6, signedness::is_unsigned>;
using uint7 = integer<7, signedness::is_unsigned>;
using uint8 = integer<8, signedness::is_unsigned>;
using uint16 = integer<16, signedness::is_unsigned>;

static_assert(uniform_element<int4> && signed_element<int8> && !signed_element<uint4>);
static_assert(int4::min == -8 && int4::max == 7 && int4_narrow::min == -7 && uint4::max == 15);
static_assert(int4::level_of(int4::code_of(-8)) == -8 && int8::decode(0xff) == -1.0f);

}  // namespace halftone::inline v0_1
