// SPDX-License-Identifier: MIT
// Halftone: a tile of 4-bit codes of AWQ's files turned into rows, and back: 128 columns of k, up to 16 words of 8 rows each.
//
// Words of one row lie far apart in a file, as codes of one word do in rows; so lines of the cache are copied into the tile, turned there,
// eight by eight codes at a time, and copied out. On machines with the other order of bytes nothing is done here: codes go one by one.
#pragma once

#include <halftone/core/config.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace halftone::inline v0_1::inline HALFTONE_ISA::awq::detail {

class nibble_tile {
 public:
  static constexpr std::size_t columns = 128;   ///< codes of a row: 16 words
  static constexpr std::size_t most_words = 16;  ///< of 8 rows each
  static constexpr bool can_turn = std::endian::native == std::endian::little;

  /// Words of `columns` rows of a file, `stride` bytes apart.
  void load(const std::uint8_t* words, std::size_t stride, std::size_t count) noexcept {
    for (std::size_t k = 0; k < columns; ++k) {
      copy(file_[k], words + k * stride, count);
    }
  }
  void store(std::uint8_t* words, std::size_t stride, std::size_t count) const noexcept {
    for (std::size_t k = 0; k < columns; ++k) {
      copy(words + k * stride, file_[k], count);
    }
  }
  /// The codes of word `word`: row(part) is where the 64 bytes of the row lie that its part `part` belongs to.
  template <class RowOfPart>
  void to_rows(std::size_t word, const RowOfPart& row) noexcept {
    for (std::size_t lane = 0; lane < 16; ++lane) {
      for (std::size_t k = 0; k < 8; ++k) {
        lanes_[k][lane] = file_[8 * lane + k][word];
      }
    }
    turn();
    for (std::size_t part = 0; part < 8; ++part) {
      std::memcpy(row(part), lanes_[part], 64);
    }
  }
  template <class RowOfPart>
  void from_rows(std::size_t word, const RowOfPart& row) noexcept {
    for (std::size_t part = 0; part < 8; ++part) {
      std::memcpy(lanes_[part], row(part), 64);
    }
    turn();
    for (std::size_t lane = 0; lane < 16; ++lane) {
      for (std::size_t k = 0; k < 8; ++k) {
        file_[8 * lane + k][word] = lanes_[k][lane];
      }
    }
  }

 private:
  /// Most lines are whole, and their copy is no call.
  HALFTONE_INLINE static void copy(void* to, const void* from, std::size_t count) noexcept {
    if (count == most_words) {
      std::memcpy(to, from, 4 * most_words);
    } else {
      std::memcpy(to, from, 4 * count);
    }
  }
  /// Code j of word i becomes code i of word j, in every lane: blocks of four, two and one codes change sides.
  void turn() noexcept {
    for (std::size_t lane = 0; lane < 16; ++lane) {  // one loop around all of it is what compilers vectorize
      std::uint32_t words[8];
      for (std::size_t i = 0; i < 8; ++i) {
        words[i] = lanes_[i][lane];
      }
      exchange<4, 0x0000ffffu>(words);
      exchange<2, 0x00ff00ffu>(words);
      exchange<1, 0x0f0f0f0fu>(words);
      for (std::size_t i = 0; i < 8; ++i) {
        lanes_[i][lane] = words[i];
      }
    }
  }
  template <std::size_t Codes, std::uint32_t Low>
  HALFTONE_INLINE static void exchange(std::uint32_t (&words)[8]) noexcept {
    for (std::size_t i = 0; i < 8; ++i) {
      if ((i & Codes) == 0) {
        const std::uint32_t high = ((words[i] >> (4 * Codes)) ^ words[i + Codes]) & Low;
        words[i + Codes] ^= high;
        words[i] ^= high << (4 * Codes);
      }
    }
  }

  alignas(64) std::uint32_t file_[columns][most_words] = {};
  alignas(64) std::uint32_t lanes_[8][16] = {};
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::awq::detail
