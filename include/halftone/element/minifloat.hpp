// SPDX-License-Identifier: MIT
// Halftone: floats of 3 to 8 bits: fp8, fp6 and fp4 in every convention, as one template.
//
// Sign, exponent, mantissa, from the most significant bit on. Encoding rounds once, to nearest with ties to the even code,
// subnormals included, by integer arithmetic and one float addition: no branches, so that loops are computed in lanes. Minus
// zero keeps its sign where there is a code for it.
#pragma once

#include <halftone/element/element.hpp>

#include <bit>
#include <limits>

namespace halftone::inline v0_1 {

/// Which codes of a small float are no finite numbers.
enum class special_values {
  none,           ///< none; NaN encodes as zero, infinities as the largest number (OCP fp6 and fp4)
  nan,            ///< NaN where all bits but the sign are ones ("fn": OCP fp8 e4m3)
  nan_for_minus_zero,  ///< NaN in the place of minus zero, so that there is one zero ("fnuz")
  ieee            ///< the largest exponent holds infinities and NaN (e5m2)
};

/// What a finite number becomes that rounds to more than the largest.
enum class overflow_rule {
  saturate,  ///< the largest number, with its sign; infinities too where the format has none. For weights.
  special    ///< infinity where the format has one, else NaN: IEEE's rule, and what ml_dtypes and ONNX's saturate=0 do
};

namespace detail {

/// The IEEE format that a number to encode comes in.
template <class Float>
struct source_float;
template <>
struct source_float<float> {
  using word = std::uint32_t;
  static constexpr unsigned fraction = 23;
  static constexpr int bias = 127;
};
template <>
struct source_float<double> {
  using word = std::uint64_t;
  static constexpr unsigned fraction = 52;
  static constexpr int bias = 1023;
};

/// 2^exponent, normal.
template <class Float>
[[nodiscard]] HALFTONE_INLINE constexpr Float power_of_two(int exponent) noexcept {
  using source = source_float<Float>;
  return std::bit_cast<Float>(static_cast<typename source::word>(exponent + source::bias) << source::fraction);
}

}  // namespace detail

/// A float of 1 + ExponentBits + MantissaBits bits.
///
///   exponent field e > 0:  (1 + mantissa / 2^MantissaBits) * 2^(e - Bias)
///   exponent field 0:      mantissa / 2^MantissaBits * 2^(1 - Bias)
///
/// The law that codes come back from their values holds besides NaN, whose sign and payload are not kept by decoding.
/// @tparam Bias      what the exponent field is above the exponent: 2^(ExponentBits - 1) - 1, and one more for "fnuz"
/// @tparam Special   which codes are no finite numbers
/// @tparam Overflow  what too large a number becomes
template <unsigned ExponentBits, unsigned MantissaBits, int Bias, special_values Special,
          overflow_rule Overflow = overflow_rule::saturate>
struct minifloat {
  static_assert(ExponentBits >= 1 && MantissaBits >= 1 && ExponentBits + MantissaBits <= 7,
                "minifloat: a sign, an exponent and a mantissa of one bit or more each fit 8 bits");
  static_assert(Bias >= -64 && Bias <= 100, "minifloat: every number is a normal float");
  static_assert(Special != special_values::none || Overflow == overflow_rule::saturate,
                "minifloat: what overflows can only saturate where there are neither infinities nor NaN");
  static_assert(Special != special_values::ieee || ExponentBits >= 2,
                "minifloat: infinities take an exponent, which leaves none of one bit for numbers");

  static constexpr unsigned bits = 1 + ExponentBits + MantissaBits;
  static constexpr std::size_t dimension = 1;
  static constexpr unsigned mantissa_bits = MantissaBits;
  static constexpr std::uint32_t sign_bit = 1u << (bits - 1);
  /// The code of the largest number.
  static constexpr std::uint32_t largest_code = Special == special_values::nan    ? sign_bit - 2
                                                : Special == special_values::ieee ? sign_bit - (1u << MantissaBits) - 1
                                                                                  : sign_bit - 1;

  /// "fp8_e4m3fn", "fp6_e2m3", ...: what differs from the usual format of this width is appended.
  [[nodiscard]] static std::string name() {
    constexpr int usual_bias = (1 << (ExponentBits - 1)) - (Special == special_values::nan_for_minus_zero ? 0 : 1);
    return detail::message("fp", bits, "_e", ExponentBits, "m", MantissaBits,
                           Special == special_values::nan                  ? "fn"
                           : Special == special_values::nan_for_minus_zero ? "fnuz"
                           : Special == special_values::ieee               ? (bits < 8 ? "_ieee" : "")
                                                                           : (bits < 8 ? "" : "_finite"),
                           Bias == usual_bias ? "" : detail::message("_bias", Bias),
                           Overflow == overflow_rule::saturate ? "" : "_overflowing");
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr float largest() noexcept { return decode(largest_code); }
  /// The smallest number above zero, which is the distance of subnormal neighbours.
  [[nodiscard]] HALFTONE_INLINE static constexpr float smallest() noexcept {
    return detail::power_of_two<float>(1 - Bias - static_cast<int>(MantissaBits));
  }
  /// The smallest number with a full mantissa.
  [[nodiscard]] HALFTONE_INLINE static constexpr float smallest_normal() noexcept {
    return detail::power_of_two<float>(1 - Bias);
  }

  /// The code of the nearest number. Halves (fp16, bf16) are floats exactly, so nothing is rounded twice.
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(float x) noexcept { return code_of_number(x); }
  /// The same from double, in one rounding.
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(double x) noexcept { return code_of_number(x); }

  [[nodiscard]] HALFTONE_INLINE static constexpr float decode(std::uint32_t code) noexcept {
    const std::uint32_t sign = (code & sign_bit) << (32 - bits);
    const std::uint32_t magnitude = code & (sign_bit - 1);
    const auto small = std::bit_cast<std::uint32_t>(static_cast<float>(static_cast<std::int32_t>(magnitude)) * smallest());
    const std::uint32_t normal = (magnitude << (23 - MantissaBits)) + (static_cast<std::uint32_t>(127 - Bias) << 23);
    std::uint32_t value = sign | chosen(magnitude < one << MantissaBits, small, normal);
    if constexpr (Special == special_values::nan) {
      value = chosen(magnitude == sign_bit - 1, sign | quiet_nan, value);
    } else if constexpr (Special == special_values::nan_for_minus_zero) {
      value = chosen((code & (2 * sign_bit - 1)) == sign_bit, std::uint32_t{quiet_nan}, value);
    } else if constexpr (Special == special_values::ieee) {
      value = chosen(magnitude > infinity_code, sign | quiet_nan, chosen(magnitude == infinity_code, sign | 0x7f800000u, value));
    }
    return std::bit_cast<float>(value);
  }

 private:
  static constexpr std::uint32_t one = 1;
  static constexpr std::uint32_t quiet_nan = 0x7fc00000u;
  static constexpr std::uint32_t infinity_code = Special == special_values::ieee ? largest_code + 1 : largest_code;
  /// Codes without their sign; that of "fnuz" is its NaN's sign, too.
  static constexpr std::uint32_t nan_code = Special == special_values::nan                  ? sign_bit - 1
                                            : Special == special_values::nan_for_minus_zero ? sign_bit
                                            : Special == special_values::ieee ? infinity_code | 1u << (MantissaBits - 1)
                                                                              : 0u;
  static constexpr std::uint32_t overflow_code = Overflow == overflow_rule::saturate     ? largest_code
                                                 : Special == special_values::ieee ? infinity_code
                                                                                   : nan_code;

  template <class Float>
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t code_of_number(Float x) noexcept {
    using source = detail::source_float<Float>;
    using word = typename source::word;
    constexpr unsigned width = 8 * sizeof(word);
    constexpr unsigned dropped = source::fraction - MantissaBits;
    constexpr word infinity = std::bit_cast<word>(std::numeric_limits<Float>::infinity());
    constexpr word normal_from = static_cast<word>(source::bias - Bias + 1) << source::fraction;
    // Below the smallest normal number the unit is that of the numbers from `magic` on: a sum with it rounds, and leaves the
    // code in its low bits, 2^MantissaBits where it rounds up to the smallest normal number.
    constexpr Float magic = detail::power_of_two<Float>(1 - Bias - static_cast<int>(MantissaBits) +
                                                        static_cast<int>(source::fraction));
    const word u = std::bit_cast<word>(x);
    const word a = u & ~(word{1} << (width - 1));
    const auto sign = static_cast<std::uint32_t>((u ^ a) >> (width - bits));
    const word small = std::bit_cast<word>(std::bit_cast<Float>(chosen(a < normal_from, a, 0u)) + magic) -
                       std::bit_cast<word>(magic);
    const word normal = (a - (static_cast<word>(source::bias - Bias) << source::fraction) +
                         ((word{1} << (dropped - 1)) - 1) + ((a >> dropped) & 1u)) >> dropped;
    const word rounded = chosen(a < normal_from, small, normal);
    word code = chosen(rounded > largest_code, word{overflow_code}, rounded);
    if constexpr (Special == special_values::ieee && Overflow == overflow_rule::saturate) {
      code = chosen(a == infinity, word{infinity_code}, code);
    }
    if constexpr (Special == special_values::nan_for_minus_zero) {
      const std::uint32_t finite = chosen(code == 0, 0u, sign | static_cast<std::uint32_t>(code));
      return chosen((a > infinity) | (code == sign_bit), nan_code, finite);
    } else {
      return chosen(a > infinity, nan_code == 0 ? 0u : sign | nan_code, sign | static_cast<std::uint32_t>(code));
    }
  }
};

using fp8_e4m3fn = minifloat<4, 3, 7, special_values::nan>;                   ///< OCP fp8 e4m3: to 448
using fp8_e5m2 = minifloat<5, 2, 15, special_values::ieee>;                   ///< OCP fp8 e5m2: to 57344
using fp8_e4m3fnuz = minifloat<4, 3, 8, special_values::nan_for_minus_zero>;  ///< AMD CDNA3, Graphcore: to 240
using fp8_e5m2fnuz = minifloat<5, 2, 16, special_values::nan_for_minus_zero>; ///< AMD CDNA3, Graphcore: to 57344
using fp6_e3m2 = minifloat<3, 2, 3, special_values::none>;                    ///< OCP MXFP6: to 28
using fp6_e2m3 = minifloat<2, 3, 1, special_values::none>;                    ///< OCP MXFP6: to 7.5
using fp4_e2m1 = minifloat<2, 1, 1, special_values::none>;                    ///< OCP MXFP4, NVFP4: to 6

// The same with overflow as IEEE would have it.
using fp8_e4m3fn_overflowing = minifloat<4, 3, 7, special_values::nan, overflow_rule::special>;
using fp8_e5m2_overflowing = minifloat<5, 2, 15, special_values::ieee, overflow_rule::special>;
using fp8_e4m3fnuz_overflowing = minifloat<4, 3, 8, special_values::nan_for_minus_zero, overflow_rule::special>;
using fp8_e5m2fnuz_overflowing = minifloat<5, 2, 16, special_values::nan_for_minus_zero, overflow_rule::special>;

static_assert(table_element<fp8_e4m3fn> && table_element<fp4_e2m1> && !uniform_element<fp4_e2m1>);
static_assert(fp8_e4m3fn::largest() == 448.0f && fp8_e5m2::largest() == 57344.0f && fp8_e4m3fnuz::largest() == 240.0f &&
              fp8_e5m2fnuz::largest() == 57344.0f);
static_assert(fp6_e3m2::largest() == 28.0f && fp6_e2m3::largest() == 7.5f && fp4_e2m1::largest() == 6.0f);
static_assert(fp4_e2m1::encode(2.5f) == 4 && fp4_e2m1::encode(-0.75f) == 10 && fp4_e2m1::encode(-9.0f) == 15);
static_assert(fp8_e4m3fn::encode(448.0f) == 0x7e && fp8_e4m3fn::decode(1) == 0x1p-9f && fp8_e4m3fn::encode(1.0625f) == 0x38);

}  // namespace halftone::inline v0_1
