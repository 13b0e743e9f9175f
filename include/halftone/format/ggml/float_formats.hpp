// SPDX-License-Identifier: MIT
// Halftone: the bytes of ggml's blocks of fp4 numbers: MXFP4 and NVFP4.
#pragma once

#include <halftone/format/ggml/encode_simple.hpp>
#include <halftone/format/ggml/schemes.hpp>

#include <algorithm>
#include <string_view>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml {

namespace fp4_detail {

/// Sixteen codes: the e2m1 number nearest to x / scale, ties toward zero, found without dividing; never minus zero. A scale of
/// 0 gives zeros.
HALFTONE_INLINE void encode(const columns& x, float scale, std::uint8_t* codes) noexcept {
  constexpr std::array<float, 7> middles{0.25f, 0.75f, 1.25f, 1.75f, 2.5f, 3.5f, 5.0f};
  const columns size = scale == 0.0f ? columns::zero() : magnitude(x);
  columns code = columns::zero();
  for (std::size_t i = 0; i < 7; ++i) {
    code = where_greater(size, columns::broadcast(product(scale, middles[i])), columns::broadcast(static_cast<float>(i + 1)), code);
  }
  const columns sign = where_greater(columns::zero(), x, columns::broadcast(8.0f), columns::zero());
  store_levels<false>(nearest_integers<default_arch>(where_greater(code, columns::zero(), code + sign, code)), codes);
}

/// floor(log2(x)) as floorf(log2f(x)) has it for normal x: a logarithm just below an integer rounds up to it. With n units of
/// 2^-24 missing to the next power of two, log2 is short of it by n * 2^-24 / ln 2 or a hair more, and rounds up where that is
/// at most half of a unit of the floats there.
[[nodiscard]] inline std::int32_t floor_of_rounded_log2(float x) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const auto exponent = static_cast<std::int32_t>(bits >> 23 & 255u) - 127;
  const std::uint32_t missing = 0x800000u - (bits & 0x7fffffu);
  const std::int32_t next = exponent + 1;
  if (next == 0 || missing > 64) {
    return exponent;
  }
  // Floats below `next` in value: for a positive power of two they lie in the binade below it.
  const auto size = static_cast<std::uint32_t>(next < 0 ? -next : next);
  const bool finer = next > 0 && std::has_single_bit(size);
  const int unit = static_cast<int>(std::bit_width(size)) - 24 - (finer ? 1 : 0);  // of the last place, as a power of two
  const double short_of = static_cast<double>(missing) * 0x1.715476p-24;
  const double half_unit = std::ldexp(1.0, unit - 1);
  return short_of < half_unit ? next : exponent;
}

/// Unsigned e4m3 as ggml rounds it: half up on the bit below the mantissa, 248 and more become 448, below the normal numbers
/// nearest and at most the largest of them.
[[nodiscard]] inline std::uint8_t ue4m3_code(float x) noexcept {
  if (!(x > 0.0f)) {
    return 0;
  }
  if (x < 0x1p-6f) {
    return static_cast<std::uint8_t>(minimum(product(x, 512.0f) + 0.5f, 7.0f));
  }
  if (x >= 248.0f) {
    return 0x7e;
  }
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(x) + (1u << 19);
  return static_cast<std::uint8_t>((bits >> 20) - ((127u - 7u) << 3));
}

}  // namespace fp4_detail

/// Bytes: scale in e8m0; nibbles, weight i beside i + 16. Encoding: the scale is 2^(floor(log2 amax) - 2), at least 2^-127.
template <>
struct block_format<mxfp4> {
  static constexpr std::string_view name = "MXFP4";
  static constexpr std::uint32_t type = 39;
  using block = ggml::block<32, 1>;
  static constexpr std::size_t bytes = 17;
  static constexpr std::int32_t zero_code = 0;

  [[nodiscard]] static const char* unpack(const std::uint8_t* in, block& b) noexcept {
    b.scale = mxfp4::scale_storage::element_type::decode(in[0]);
    unpack_nibbles<16>(in + 1, b.codes.data());
    return in[0] == 255 ? "its scale is 255, a NaN" : nullptr;
  }
  /// Whether the bytes can say it: all but a NaN.
  [[nodiscard]] static bool holds(const block& b) noexcept { return b.scale == b.scale; }
  static void pack(const block& b, std::uint8_t* out) noexcept {
    out[0] = static_cast<std::uint8_t>(mxfp4::scale_storage::element_type::encode(b.scale));
    pack_nibbles<16>(b.codes.data(), out + 1);
  }
  template <std::same_as<float> Float>
  static void encode_row(const Float* x, const float*, std::size_t k, std::uint8_t* out) noexcept {
    block b;
    for (std::size_t i = 0; i < k / 32; ++i) {
      const columns first = columns::load(x + i * 32);
      const columns second = columns::load(x + i * 32 + lanes);
      const float largest = maximum(magnitude(first), magnitude(second)).highest();
      const std::int32_t code = largest > 0.0f ? fp4_detail::floor_of_rounded_log2(largest) - 2 + 127 : 0;
      b.scale = mxfp4::scale_storage::element_type::decode(code < 0 ? 0u : static_cast<std::uint32_t>(code));
      fp4_detail::encode(first, b.scale, b.codes.data());
      fp4_detail::encode(second, b.scale, b.codes.data() + lanes);
      pack(b, out + i * bytes);
    }
  }
};

/// Bytes: four scales in e4m3 without sign; of each 16 weights the nibbles, weight i beside i + 8. Encoding: a scale is
/// amax / 6, rounded as `ue4m3_code` says.
template <>
struct block_format<nvfp4> {
  static constexpr std::string_view name = "NVFP4";
  static constexpr std::uint32_t type = 40;
  using block = ggml::block<64, 4>;
  static constexpr std::size_t bytes = 36;
  static constexpr std::int32_t zero_code = 0;

  /// The top bit of a scale counts for nothing, and ggml reads 127 as 0: such bytes are written back as what they mean.
  [[nodiscard]] static const char* unpack(const std::uint8_t* in, block& b) noexcept {
    const char* why = nullptr;
    for (std::size_t j = 0; j < 4; ++j) {
      why = in[j] == 255 ? "it has a scale of 255, for which e4m3 has no number" : why;
      b.scale_codes[j] = in[j] == 127 ? 0 : in[j] & 127u;
      unpack_nibbles<8>(in + 4 + j * 8, b.codes.data() + j * 16);
    }
    return why;
  }
  /// Whether the bytes can say it: scales without a sign that are numbers.
  [[nodiscard]] static bool holds(const block& b) noexcept {
    return std::all_of(b.scale_codes.begin(), b.scale_codes.end(), [](std::uint8_t code) { return code < 127; });
  }
  static void pack(const block& b, std::uint8_t* out) noexcept {
    std::copy(b.scale_codes.begin(), b.scale_codes.end(), out);
    for (std::size_t j = 0; j < 4; ++j) {
      pack_nibbles<8>(b.codes.data() + j * 16, out + 4 + j * 8);
    }
  }
  template <std::same_as<float> Float>
  static void encode_row(const Float* x, const float*, std::size_t k, std::uint8_t* out) noexcept {
    block b;
    for (std::size_t i = 0; i < k / 64; ++i) {
      for (std::size_t j = 0; j < 4; ++j) {
        const columns v = columns::load(x + i * 64 + j * 16);
        b.scale_codes[j] = fp4_detail::ue4m3_code(magnitude(v).highest() / 6.0f);
        fp4_detail::encode(v, nvfp4::scale_storage::element_type::decode(b.scale_codes[j]), b.codes.data() + j * 16);
      }
      pack(b, out + i * bytes);
    }
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml
