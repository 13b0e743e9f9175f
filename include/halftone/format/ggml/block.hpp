// SPDX-License-Identifier: MIT
// Halftone: what a block format of ggml is: how many weights share how many bytes, and where in them each number stands.
//
// `block_format<Scheme>` is specialized for each scheme of ggml:
//   name, type              "Q4_K" and its number in GGUF files
//   bytes                   of a block
//   zero_code               ggml's code of level 0: ggml counts codes from 0, this library in two's complement
//   unpack(bytes, block)    null, or why the bytes are no block
//   pack(block, bytes)      the inverse: pack(unpack(b)) == b for every b that ggml's encoder makes
//   move_in(bytes, codes)   optional, for blocks of a scale in fp16 and codes as wide as ours: the canonical codes of a block, and
//   move_out(codes, bytes)  the inverse; blocks are then never taken apart
//   encode_row(x, importance, k, bytes)   the bytes of ggml's encoder for a row of k finite weights, a multiple of a block;
//                           a template, so that only those who encode compile the searches. Where it returns a bool, it looks
//                           for NaN and infinities itself, and returns false where there is one
#pragma once

#include <halftone/element/bit_packing.hpp>
#include <halftone/element/float_storage.hpp>

#include <array>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml {

/// The numbers of a block, taken apart: what its bytes hold, without their arrangement.
template <std::size_t Weights, std::size_t Groups>
struct block {
  static constexpr std::size_t weights = Weights;
  static constexpr std::size_t groups = Groups;
  static constexpr std::size_t group_length = Weights / Groups;
  float scale = 0.0f;
  float offset = 0.0f;                              // added: ggml's minima are subtracted
  std::array<std::uint8_t, Groups> scale_codes{};   // integer scales, two's complement where they have a sign
  std::array<std::uint8_t, Groups> offset_codes{};  // integer minima
  std::array<std::uint8_t, Weights> codes{};        // ggml's codes of the weights
};

template <class Scheme>
struct block_format;

/// A scheme whose matrices ggml has a block format for.
template <class Scheme>
concept format_scheme = requires { block_format<Scheme>::bytes; };

/// The fp16 code of a float as ggml rounds it: nearest, ties to even, infinity from 65520 on.
[[nodiscard]] HALFTONE_INLINE constexpr std::uint32_t half_code(float x) noexcept {
  // fp16 saturates; the code after its largest number is infinity. Integers, so that loops are computed in lanes.
  const std::uint32_t size = std::bit_cast<std::uint32_t>(x) & 0x7fffffffu;
  return fp16::encode(x) + (size - 0x477ff000u < 0x7f800000u - 0x477ff000u ? 1u : 0u);  // from 65520 to what is finite
}
/// The float that is left of x when it is stored as fp16.
[[nodiscard]] HALFTONE_INLINE constexpr float through_half(float x) noexcept { return fp16::decode(half_code(x)); }

/// fp16 numbers in the bytes of a block.
[[nodiscard]] HALFTONE_INLINE float load_half(const std::uint8_t* bytes) noexcept {
  return fp16::decode(bytes[0] | static_cast<std::uint32_t>(bytes[1]) << 8);
}
HALFTONE_INLINE void store_half(float x, std::uint8_t* bytes) noexcept {
  const std::uint32_t code = half_code(x);
  bytes[0] = static_cast<std::uint8_t>(code);
  bytes[1] = static_cast<std::uint8_t>(code >> 8);
}

/// 1 / x, and 0 of 0.
[[nodiscard]] HALFTONE_INLINE float reciprocal_or_zero(float x) noexcept { return x != 0.0f ? 1.0f / x : 0.0f; }

/// The nearest integer, ties to even, as ggml finds it: the low 23 bits of a sum. Beyond 2^22 in magnitude, where that is no
/// nearest integer, the same bits; NaN gives 0.
[[nodiscard]] HALFTONE_INLINE std::int32_t nearest_integer(float x) noexcept {
  const auto bits = static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(x + 12582912.0f) & 0x7fffffu);
  return x == x ? bits - 0x400000 : 0;
}
/// The same, clamped.
[[nodiscard]] HALFTONE_INLINE std::int32_t nearest_integer(float x, std::int32_t low, std::int32_t high) noexcept {
  const std::int32_t nearest = nearest_integer(x);
  return nearest < low ? low : nearest > high ? high : nearest;
}

/// Two codes of 4 bits a byte: the low nibbles are the first Count codes, the high ones those after.
template <std::size_t Count>
HALFTONE_INLINE void unpack_nibbles(const std::uint8_t* bytes, std::uint8_t* codes) noexcept {
  for (std::size_t i = 0; i < Count; ++i) {
    codes[i] = bytes[i] & 15u;
    codes[i + Count] = static_cast<std::uint8_t>(bytes[i] >> 4);
  }
}
template <std::size_t Count>
HALFTONE_INLINE void pack_nibbles(const std::uint8_t* codes, std::uint8_t* bytes) noexcept {
  for (std::size_t i = 0; i < Count; ++i) {
    bytes[i] = static_cast<std::uint8_t>((codes[i] & 15u) | (codes[i + Count] & 15u) << 4);
  }
}

/// Eight little-endian numbers of 16 bits.
HALFTONE_INLINE void load_pairs(const std::uint8_t* bytes, std::uint16_t* pairs) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(pairs, bytes, 16);
  } else {
    for (std::size_t i = 0; i < 8; ++i) {
      pairs[i] = static_cast<std::uint16_t>(bytes[2 * i] | bytes[2 * i + 1] << 8);
    }
  }
}
HALFTONE_INLINE void store_pairs(const std::uint16_t* pairs, std::uint8_t* bytes) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(bytes, pairs, 16);
  } else {
    for (std::size_t i = 0; i < 8; ++i) {
      bytes[2 * i] = static_cast<std::uint8_t>(pairs[i]);
      bytes[2 * i + 1] = static_cast<std::uint8_t>(pairs[i] >> 8);
    }
  }
}

/// Nibbles of a block as the canonical codes of 32 weights, and back: bytes hold elements i and i + 16, ours hold 2 i and 2 i + 1.
/// @param Flip  0x88 where ggml counts codes from 0 and ours are in two's complement
template <std::uint8_t Flip>
HALFTONE_INLINE void nibbles_to_canonical(const std::uint8_t* bytes, std::uint8_t* codes) noexcept {
  std::uint16_t pairs[8];
  load_pairs(bytes, pairs);
  std::uint16_t wide[16];  // lanes of one width as long as it goes: compilers pack bytes of both halves at once
#pragma GCC unroll 1       // unrolled loops are not computed in lanes
  for (std::size_t i = 0; i < 8; ++i) {
    wide[i] = static_cast<std::uint16_t>((pairs[i] & 0x0fu) | (pairs[i] >> 4 & 0xf0u));
  }
#pragma GCC unroll 1
  for (std::size_t i = 0; i < 8; ++i) {
    wide[i + 8] = static_cast<std::uint16_t>((pairs[i] >> 4 & 0x0fu) | (pairs[i] >> 8 & 0xf0u));
  }
  std::uint8_t out[16];
#pragma GCC unroll 1
  for (std::size_t i = 0; i < 16; ++i) {
    out[i] = static_cast<std::uint8_t>(wide[i] ^ Flip);
  }
  std::memcpy(codes, out, sizeof out);
}
template <std::uint8_t Flip>
HALFTONE_INLINE void canonical_to_nibbles(const std::uint8_t* codes, std::uint8_t* bytes) noexcept {
  std::uint8_t in[16];
  std::memcpy(in, codes, sizeof in);
  std::uint16_t wide[16];
#pragma GCC unroll 1
  for (std::size_t i = 0; i < 16; ++i) {
    wide[i] = static_cast<std::uint16_t>((in[i] | static_cast<unsigned>(in[i]) << 4) & 0x0f0fu);
  }
  std::uint16_t pairs[8];
#pragma GCC unroll 1
  for (std::size_t i = 0; i < 8; ++i) {
    constexpr auto flip = static_cast<std::uint16_t>(0x0101u * Flip);
    pairs[i] = static_cast<std::uint16_t>((wide[i] | static_cast<unsigned>(wide[i + 8]) << 4) ^ flip);
  }
  store_pairs(pairs, bytes);
}

/// A scale in fp16 moved as its two bytes; NaN gets the payload that storing it gives.
HALFTONE_INLINE void move_half(const std::uint8_t* from, std::uint8_t* to) noexcept {
  const std::uint32_t code = from[0] | static_cast<std::uint32_t>(from[1]) << 8;
  const std::uint32_t kept = (code & 0x7fffu) > 0x7c00u ? (code & 0x8000u) | 0x7e00u : code;
  to[0] = static_cast<std::uint8_t>(kept);
  to[1] = static_cast<std::uint8_t>(kept >> 8);
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml
