// SPDX-License-Identifier: MIT
// Halftone: the bytes of ggml's super-blocks with scales and minima: Q2_K, Q4_K and Q5_K.
#pragma once

#include <halftone/format/ggml/encode_k.hpp>
#include <halftone/format/ggml/schemes.hpp>

#include <string_view>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml {

/// Codes of 2 bits: of each half of a super-block, byte l holds those of the weights l, l + 32, l + 64 and l + 96.
inline void unpack_two_bits(const std::uint8_t* in, std::uint8_t* codes) noexcept {
  for (std::size_t run = 0; run < 8; ++run) {  // of 32 weights, whose codes share a place in the bytes
    const std::uint8_t* const from = in + run / 4 * 32;
    const unsigned shift = run % 4 * 2;
    for (std::size_t l = 0; l < 32; ++l) {
      codes[run * 32 + l] = static_cast<std::uint8_t>(from[l] >> shift & 3);
    }
  }
}
inline void pack_two_bits(const std::uint8_t* codes, std::uint8_t* out) noexcept {
  for (std::size_t half = 0; half < 2; ++half) {
    for (std::size_t l = 0; l < 32; ++l) {
      const std::uint8_t* at = codes + half * 128 + l;
      out[half * 32 + l] = static_cast<std::uint8_t>((at[0] & 3u) | (at[32] & 3u) << 2 | (at[64] & 3u) << 4 | (at[96] & 3u) << 6);
    }
  }
}

/// Bit `Bit` of the codes: byte l holds those of the weights l, l + 32, ..., lowest first.
template <unsigned Bit>
void unpack_high_bits(const std::uint8_t* in, std::uint8_t* codes) noexcept {
  for (unsigned run = 0; run < 8; ++run) {
    for (std::size_t l = 0; l < 32; ++l) {
      codes[run * 32 + l] = static_cast<std::uint8_t>(codes[run * 32 + l] | (in[l] >> run & 1) << Bit);
    }
  }
}
template <unsigned Bit>
void pack_high_bits(const std::uint8_t* codes, std::uint8_t* out) noexcept {
  std::array<std::uint8_t, 32> bits{};
  for (unsigned run = 0; run < 8; ++run) {
    for (std::size_t l = 0; l < 32; ++l) {
      bits[l] = static_cast<std::uint8_t>(bits[l] | (codes[run * 32 + l] >> Bit & 1) << run);
    }
  }
  std::copy(bits.begin(), bits.end(), out);
}

/// Bytes: sixteen integer scales and minima, a nibble each, the scale low; codes; scale; minimum.
template <>
struct block_format<q2_k> {
  static constexpr std::string_view name = "Q2_K";
  static constexpr std::uint32_t type = 10;
  using block = ggml::block<256, 16>;
  static constexpr std::size_t bytes = 84;
  static constexpr std::int32_t zero_code = 0;

  [[nodiscard]] static const char* unpack(const std::uint8_t* in, block& b) noexcept {
    for (std::size_t j = 0; j < 16; ++j) {
      b.scale_codes[j] = in[j] & 15u;
      b.offset_codes[j] = static_cast<std::uint8_t>(in[j] >> 4);
    }
    unpack_two_bits(in + 16, b.codes.data());
    b.scale = load_half(in + 80);
    b.offset = load_half(in + 82);
    return nullptr;
  }
  static void pack(const block& b, std::uint8_t* out) noexcept {
    for (std::size_t j = 0; j < 16; ++j) {
      out[j] = static_cast<std::uint8_t>(b.scale_codes[j] | b.offset_codes[j] << 4);
    }
    pack_two_bits(b.codes.data(), out + 16);
    store_half(b.scale, out + 80);
    store_half(b.offset, out + 82);
  }
  template <std::same_as<float> Float>
  static void encode_row(const Float* x, const float* importance, std::size_t k, std::uint8_t* out) noexcept {
    constexpr minimum_format format{3.0f, 15, {3.0f, -0.5f, 0.1f, 15, true}, true, 1.0f, false};
    encode_minimum_row<16>(format, x, importance, k, [&](std::size_t i, const block& b) { pack(b, out + i * bytes); });
  }
};

/// Bytes: scale; minimum; eight integer scales and minima of 6 bits; where there are five bits a code, the fifth of each, byte l
/// holding those of the weights l, l + 32, ..., lowest first; nibbles, of each 64 weights the first 32 low.
template <unsigned Bits>
struct six_bit_scales_format {
  using block = ggml::block<256, 8>;
  static constexpr std::size_t nibbles_at = Bits == 5 ? 48 : 16;
  static constexpr std::size_t bytes = nibbles_at + 128;
  static constexpr std::int32_t zero_code = 0;

  [[nodiscard]] static const char* unpack(const std::uint8_t* in, block& b) noexcept {
    b.scale = load_half(in);
    b.offset = load_half(in + 2);
    // Twelve bytes: four scales and four minima with 6 bits; the low nibbles of the other four scales and minima, whose high
    // bits stand above the first eight.
    const std::uint8_t* s = in + 4;
    for (std::size_t j = 0; j < 4; ++j) {
      b.scale_codes[j] = s[j] & 63u;
      b.offset_codes[j] = s[j + 4] & 63u;
      b.scale_codes[j + 4] = static_cast<std::uint8_t>((s[j + 8] & 15) | s[j] >> 6 << 4);
      b.offset_codes[j + 4] = static_cast<std::uint8_t>(s[j + 8] >> 4 | s[j + 4] >> 6 << 4);
    }
    for (std::size_t chunk = 0; chunk < 4; ++chunk) {
      unpack_nibbles<32>(in + nibbles_at + chunk * 32, b.codes.data() + chunk * 64);
    }
    if constexpr (Bits == 5) {
      unpack_high_bits<4>(in + 16, b.codes.data());
    }
    return nullptr;
  }

  static void pack(const block& b, std::uint8_t* out) noexcept {
    store_half(b.scale, out);
    store_half(b.offset, out + 2);
    std::uint8_t* s = out + 4;
    for (std::size_t j = 0; j < 4; ++j) {
      s[j] = static_cast<std::uint8_t>(b.scale_codes[j] | b.scale_codes[j + 4] >> 4 << 6);
      s[j + 4] = static_cast<std::uint8_t>(b.offset_codes[j] | b.offset_codes[j + 4] >> 4 << 6);
      s[j + 8] = static_cast<std::uint8_t>((b.scale_codes[j + 4] & 15u) | (b.offset_codes[j + 4] & 15u) << 4);
    }
    for (std::size_t chunk = 0; chunk < 4; ++chunk) {
      pack_nibbles<32>(b.codes.data() + chunk * 64, out + nibbles_at + chunk * 32);
    }
    if constexpr (Bits == 5) {
      pack_high_bits<4>(b.codes.data(), out + 16);
    }
  }

  template <std::same_as<float> Float>
  static void encode_row(const Float* x, const float* importance, std::size_t k, std::uint8_t* out) noexcept {
    constexpr minimum_format format =
        Bits == 4 ? minimum_format{15.0f, 63, {15.0f, -1.0f, 0.1f, 20, false}, false, 2.0f, false}
                  : minimum_format{31.0f, 63, {31.0f, -0.5f, 0.1f, 15, false}, false, 2.0f, true};
    encode_minimum_row<32>(format, x, importance, k, [&](std::size_t i, const block& b) { pack(b, out + i * bytes); });
  }
};

template <>
struct block_format<q4_k> : six_bit_scales_format<4> {
  static constexpr std::string_view name = "Q4_K";
  static constexpr std::uint32_t type = 12;
};
template <>
struct block_format<q5_k> : six_bit_scales_format<5> {
  static constexpr std::string_view name = "Q5_K";
  static constexpr std::uint32_t type = 13;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml
