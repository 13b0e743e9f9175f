// SPDX-License-Identifier: MIT
// Halftone: what a block format of ggml is: how many weights share how many bytes, and where in them each number stands.
//
// `block_format<Scheme>` is specialized for each scheme of ggml:
//   name, type              "Q4_K" and its number in GGUF files
//   bytes                   of a block
//   zero_code               ggml's code of level 0: ggml counts codes from 0, this library in two's complement
//   unpack(bytes, block)    null, or why the bytes are no block
//   pack(block, bytes)      the inverse: pack(unpack(b)) == b for every b that ggml's encoder makes
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

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml
