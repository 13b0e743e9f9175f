// SPDX-License-Identifier: MIT
// Halftone: the canonical bit stream of codes: little-endian, least significant bit first.
//
// Code i of a row occupies the bits [i * bits, (i + 1) * bits) of the row; bit b is bit (b & 7) of byte (b >> 3). Bits
// after the last code are zero. Eight codes of any width fill `bits` whole bytes, which is what the fast path uses.
#pragma once

#include <halftone/element/element.hpp>

#include <bit>
#include <cstring>

namespace halftone::inline v0_1 {

/// Reads code i of a canonical row.
template <unsigned Bits>
[[nodiscard]] HALFTONE_INLINE std::uint32_t read_code(const std::uint8_t* row, std::size_t i) noexcept {
  if constexpr (Bits == 8) {
    return row[i];
  } else if constexpr (Bits == 16) {
    return row[2 * i] | static_cast<std::uint32_t>(row[2 * i + 1]) << 8;
  } else if constexpr (Bits == 32) {
    return row[4 * i] | static_cast<std::uint32_t>(row[4 * i + 1]) << 8 |
           static_cast<std::uint32_t>(row[4 * i + 2]) << 16 | static_cast<std::uint32_t>(row[4 * i + 3]) << 24;
  } else {
    const std::size_t bit = i * Bits;
    const unsigned shift = bit & 7;
    std::uint32_t word = row[bit >> 3];
    if (shift + Bits > 8) {
      word |= static_cast<std::uint32_t>(row[(bit >> 3) + 1]) << 8;
    }
    return (word >> shift) & ((1u << Bits) - 1);
  }
}

/// Writes code i of a canonical row whose bits are still zero there.
template <unsigned Bits>
HALFTONE_INLINE void write_code(std::uint8_t* row, std::size_t i, std::uint32_t code) noexcept {
  if constexpr (Bits == 8) {
    row[i] = static_cast<std::uint8_t>(code);
  } else if constexpr (Bits == 16 || Bits == 32) {
    for (unsigned b = 0; b < Bits / 8; ++b) {
      row[i * (Bits / 8) + b] = static_cast<std::uint8_t>(code >> (8 * b));
    }
  } else {
    const std::size_t bit = i * Bits;
    const unsigned shift = bit & 7;
    const std::uint32_t word = (code & ((1u << Bits) - 1)) << shift;
    row[bit >> 3] = static_cast<std::uint8_t>(row[bit >> 3] | word);
    if (shift + Bits > 8) {
      row[(bit >> 3) + 1] = static_cast<std::uint8_t>(row[(bit >> 3) + 1] | (word >> 8));
    }
  }
}

namespace detail {

/// Moves eight codes of `Bits` bits, one a byte, to the low 8 * Bits bits: pairs, then fours, then all eight.
template <unsigned Bits>
[[nodiscard]] HALFTONE_INLINE std::uint64_t squeeze(std::uint64_t x) noexcept {
  constexpr std::uint64_t one = (std::uint64_t{1} << Bits) - 1;
  constexpr std::uint64_t pair_low = one * 0x0001000100010001u;
  x = (x & pair_low) | ((x >> (8 - Bits)) & (pair_low << Bits));
  constexpr std::uint64_t two = (std::uint64_t{1} << (2 * Bits)) - 1;
  constexpr std::uint64_t four_low = two * 0x0000000100000001u;
  x = (x & four_low) | ((x >> (16 - 2 * Bits)) & (four_low << (2 * Bits)));
  constexpr std::uint64_t four = (std::uint64_t{1} << (4 * Bits)) - 1;
  return (x & four) | ((x >> (32 - 4 * Bits)) & (four << (4 * Bits)));
}

/// The inverse of `squeeze`.
template <unsigned Bits>
[[nodiscard]] HALFTONE_INLINE std::uint64_t spread(std::uint64_t x) noexcept {
  constexpr std::uint64_t four = (std::uint64_t{1} << (4 * Bits)) - 1;
  x = (x & four) | ((x & (four << (4 * Bits))) << (32 - 4 * Bits));
  constexpr std::uint64_t two = (std::uint64_t{1} << (2 * Bits)) - 1;
  constexpr std::uint64_t four_low = two * 0x0000000100000001u;
  x = (x & four_low) | ((x & (four_low << (2 * Bits))) << (16 - 2 * Bits));
  constexpr std::uint64_t one = (std::uint64_t{1} << Bits) - 1;
  constexpr std::uint64_t pair_low = one * 0x0001000100010001u;
  return (x & pair_low) | ((x & (pair_low << Bits)) << (8 - Bits));
}

/// The first `Count` bytes as a little-endian number, and back.
template <unsigned Count>
[[nodiscard]] HALFTONE_INLINE std::uint64_t load_low_bytes(const std::uint8_t* bytes) noexcept {
  std::uint64_t x = 0;
  if constexpr (std::endian::native != std::endian::little) {
    for (unsigned b = 0; b < Count; ++b) {
      x |= static_cast<std::uint64_t>(bytes[b]) << (8 * b);
    }
  } else if constexpr (std::has_single_bit(Count)) {
    std::memcpy(&x, bytes, Count);
  } else {
    // In two words: as one copy, compilers put it together in memory, and reading that back waits for the writes.
    constexpr unsigned first = std::bit_floor(Count);
    x = load_low_bytes<first>(bytes) | load_low_bytes<Count - first>(bytes + first) << (8 * first);
  }
  return x;
}
template <unsigned Count>
HALFTONE_INLINE void store_low_bytes(std::uint64_t x, std::uint8_t* bytes) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(bytes, &x, Count);
  } else {
    for (unsigned b = 0; b < Count; ++b) {
      bytes[b] = static_cast<std::uint8_t>(x >> (8 * b));
    }
  }
}

}  // namespace detail

}  // namespace halftone::inline v0_1

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Packs `count` codes, one a byte, into a canonical row of ceil(count * Bits / 8) bytes. Higher bits of a byte are
/// ignored. Cost: one pass, about one step of three masks per eight codes.
template <unsigned Bits>
  requires(Bits >= 1 && Bits <= 8)
inline void pack_codes(const std::uint8_t* codes, std::size_t count, std::uint8_t* row) noexcept {
  if constexpr (Bits == 8) {
    if (count != 0) {  // memcpy takes no null, not even for nothing
      std::memcpy(row, codes, count);
    }
  } else {
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) {
      const std::uint64_t eight = detail::load_low_bytes<8>(codes + i);
      detail::store_low_bytes<Bits>(detail::squeeze<Bits>(eight), row + i / 8 * Bits);
    }
    if (i < count) {
      std::memset(row + i / 8 * Bits, 0, ceil_div((count - i) * Bits, 8));
      for (; i < count; ++i) {
        write_code<Bits>(row, i, codes[i]);
      }
    }
  }
}

/// Unpacks `count` codes of a canonical row, one a byte.
template <unsigned Bits>
  requires(Bits >= 1 && Bits <= 8)
inline void unpack_codes(const std::uint8_t* row, std::size_t count, std::uint8_t* codes) noexcept {
  if constexpr (Bits == 8) {
    if (count != 0) {
      std::memcpy(codes, row, count);
    }
  } else {
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) {
      detail::store_low_bytes<8>(detail::spread<Bits>(detail::load_low_bytes<Bits>(row + i / 8 * Bits)), codes + i);
    }
    for (; i < count; ++i) {
      codes[i] = static_cast<std::uint8_t>(read_code<Bits>(row, i));
    }
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
