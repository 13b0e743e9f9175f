// SPDX-License-Identifier: MIT
// Halftone: the bytes of ggml's blocks of 32 weights: Q4_0, Q4_1, Q5_0, Q5_1, Q8_0 and Q8_1.
#pragma once

#include <halftone/format/ggml/block.hpp>
#include <halftone/format/ggml/encode_simple.hpp>
#include <halftone/format/ggml/encode_sixteen.hpp>
#include <halftone/format/ggml/schemes.hpp>

#include <string_view>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml {

/// Bytes: scale; where there is one, the offset; the fifth bits, element i in bit i; nibbles, element i beside i + 16.
template <unsigned Bits, bool HasOffset>
struct nibble_format {
  using block = ggml::block<32, 1>;
  static constexpr std::size_t high_bits_at = HasOffset ? 4 : 2;
  static constexpr std::size_t nibbles_at = high_bits_at + (Bits == 5 ? 4 : 0);
  static constexpr std::size_t bytes = nibbles_at + 16;
  static constexpr std::int32_t zero_code = HasOffset ? 0 : 1 << (Bits - 1);

  [[nodiscard]] static const char* unpack(const std::uint8_t* in, block& b) noexcept {
    b.scale = load_half(in);
    if constexpr (HasOffset) {
      b.offset = load_half(in + 2);
    }
    unpack_nibbles<16>(in + nibbles_at, b.codes.data());
    if constexpr (Bits == 5) {
      std::array<std::uint8_t, 32> high;
      unpack_codes<1>(in + high_bits_at, 32, high.data());
      for (std::size_t i = 0; i < 32; ++i) {
        b.codes[i] = static_cast<std::uint8_t>(b.codes[i] | high[i] << 4);
      }
    }
    return nullptr;
  }

  static void pack(const block& b, std::uint8_t* out) noexcept {
    store_half(b.scale, out);
    if constexpr (HasOffset) {
      store_half(b.offset, out + 2);
    }
    pack_nibbles<16>(b.codes.data(), out + nibbles_at);
    if constexpr (Bits == 5) {
      std::array<std::uint8_t, 32> high;
      for (std::size_t i = 0; i < 32; ++i) {
        high[i] = static_cast<std::uint8_t>(b.codes[i] >> 4);
      }
      pack_codes<1>(high.data(), 32, out + high_bits_at);
    }
  }

  template <std::same_as<float> Float>
  static bool encode_row(const Float* x, const float* importance, std::size_t k, std::uint8_t* out) noexcept {
    const auto write = [&](std::size_t i, const block& b) { pack(b, out + i * bytes); };
    if (importance != nullptr) {
      if (!all_finite(x, k)) {
        return false;
      }
      HasOffset ? search_offset_blocks<Bits>(x, importance, k, write) : search_symmetric_blocks<Bits>(x, importance, k, write);
      return true;
    }
    std::size_t i = 0;
    if constexpr (Bits == 4 && !HasOffset) {
      i = encode_sixteens<nibble_blocks, bytes, nibbles_at>(x, k / 32, out);
    }
    if (!all_finite(x + i * 32, k - i * 32)) {
      return false;
    }
    for (; i < k / 32; ++i) {
      write(i, HasOffset ? encode_offset_block<Bits>(x + i * 32) : encode_symmetric_block<Bits>(x + i * 32));
    }
    return true;
  }
};

template <>
struct block_format<q4_0> : nibble_format<4, false> {
  static constexpr std::string_view name = "Q4_0";
  static constexpr std::uint32_t type = 2;
  HALFTONE_INLINE static void move_in(const std::uint8_t* in, std::uint8_t* codes) noexcept {
    nibbles_to_canonical<0x88>(in + nibbles_at, codes);
  }
  HALFTONE_INLINE static void move_out(const std::uint8_t* codes, std::uint8_t* out) noexcept {
    canonical_to_nibbles<0x88>(codes, out + nibbles_at);
  }
};
template <>
struct block_format<q4_1> : nibble_format<4, true> {
  static constexpr std::string_view name = "Q4_1";
  static constexpr std::uint32_t type = 3;
  HALFTONE_INLINE static void move_in(const std::uint8_t* in, std::uint8_t* codes) noexcept { nibbles_to_canonical<0>(in + nibbles_at, codes); }
  HALFTONE_INLINE static void move_out(const std::uint8_t* codes, std::uint8_t* out) noexcept {
    canonical_to_nibbles<0>(codes, out + nibbles_at);
  }
};
template <>
struct block_format<q5_0> : nibble_format<5, false> {
  static constexpr std::string_view name = "Q5_0";
  static constexpr std::uint32_t type = 6;
};
template <>
struct block_format<q5_1> : nibble_format<5, true> {
  static constexpr std::string_view name = "Q5_1";
  static constexpr std::uint32_t type = 7;
};

/// Bytes: scale, 32 codes in two's complement.
template <>
struct block_format<q8_0> {
  static constexpr std::string_view name = "Q8_0";
  static constexpr std::uint32_t type = 8;
  using block = ggml::block<32, 1>;
  static constexpr std::size_t bytes = 34;
  static constexpr std::int32_t zero_code = 0;

  [[nodiscard]] static const char* unpack(const std::uint8_t* in, block& b) noexcept {
    b.scale = load_half(in);
    std::copy(in + 2, in + 34, b.codes.begin());
    return nullptr;
  }
  static void pack(const block& b, std::uint8_t* out) noexcept {
    store_half(b.scale, out);
    std::copy(b.codes.begin(), b.codes.end(), out + 2);
  }
  HALFTONE_INLINE static void move_in(const std::uint8_t* in, std::uint8_t* codes) noexcept { std::memcpy(codes, in + 2, 32); }
  HALFTONE_INLINE static void move_out(const std::uint8_t* codes, std::uint8_t* out) noexcept { std::memcpy(out + 2, codes, 32); }
  template <std::same_as<float> Float>
  static bool encode_row(const Float* x, const float*, std::size_t k, std::uint8_t* out) noexcept {
    std::size_t i = encode_sixteens<byte_blocks, bytes, 2>(x, k / 32, out);
    if (!all_finite(x + i * 32, k - i * 32)) {
      return false;
    }
    for (; i < k / 32; ++i) {
      store_half(encode_bytes_block(x + i * 32, out + i * bytes + 2), out + i * bytes);
    }
    return true;
  }
};

/// Bytes: scale, the scale times the sum of the codes, 32 codes in two's complement.
template <>
struct block_format<q8_1> {
  static constexpr std::string_view name = "Q8_1";
  static constexpr std::uint32_t type = 9;
  using block = ggml::block<32, 1>;
  static constexpr std::size_t bytes = 36;
  static constexpr std::int32_t zero_code = 0;

  [[nodiscard]] static const char* unpack(const std::uint8_t* in, block& b) noexcept {
    b.scale = load_half(in);
    b.offset = load_half(in + 2);
    std::copy(in + 4, in + 36, b.codes.begin());
    return nullptr;
  }
  static void pack(const block& b, std::uint8_t* out) noexcept {
    store_half(b.scale, out);
    store_half(b.offset, out + 2);
    std::copy(b.codes.begin(), b.codes.end(), out + 4);
  }
  /// scale * sum of the codes
  [[nodiscard]] static float sum_of(const block& b) noexcept {
    std::int32_t sum = 0;
    for (const std::uint8_t code : b.codes) {
      sum += static_cast<std::int8_t>(code);
    }
    return product(static_cast<float>(sum), b.scale);
  }
  template <std::same_as<float> Float>
  static void encode_row(const Float* x, const float*, std::size_t k, std::uint8_t* out) noexcept {
    block b;
    for (std::size_t i = 0; i < k / 32; ++i) {
      b.scale = encode_bytes_block(x + i * 32, b.codes.data());
      b.offset = sum_of(b);
      pack(b, out + i * bytes);
    }
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml
