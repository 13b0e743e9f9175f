// SPDX-License-Identifier: MIT
// Halftone tests: tiles of 4-bit codes, turned: every code against its place by arithmetic.
#include <halftone/format/awq/nibble_tile.hpp>

#include <halftone/core/random.hpp>
#include <halftone/element/bit_packing.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <vector>

using namespace halftone;
using awq::detail::nibble_tile;

TEST_CASE("parts of words become rows, and rows words") {
  if constexpr (nibble_tile::can_turn) {
    constexpr std::size_t count = 3, stride = 4 * count + 5;  // few words of a wider file
    std::vector<std::uint8_t> file(nibble_tile::columns * stride);
    for (std::size_t i = 0; i < file.size(); ++i) {
      file[i] = static_cast<std::uint8_t>(random_bits(5, i));
    }
    const auto tile = std::make_unique<nibble_tile>();
    tile->load(file.data(), stride, count);
    std::vector<std::uint8_t> rows(count * 8 * 64);
    for (std::size_t word = 0; word < count; ++word) {
      tile->to_rows(word, [&](std::size_t part) { return rows.data() + (8 * word + part) * 64; });
    }
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < 8 * count; ++i) {
      for (std::size_t k = 0; k < nibble_tile::columns; ++k) {
        wrong += read_code<4>(rows.data() + i * 64, k) != read_code<4>(file.data() + k * stride, i);
      }
    }
    CHECK(wrong == 0);
    const auto back = std::make_unique<nibble_tile>();
    for (std::size_t word = 0; word < count; ++word) {
      back->from_rows(word, [&](std::size_t part) { return rows.data() + (8 * word + part) * 64; });
    }
    std::vector<std::uint8_t> again(file.size(), 7);
    back->store(again.data(), stride, count);
    for (std::size_t k = 0; k < nibble_tile::columns; ++k) {
      for (std::size_t i = 0; i < stride; ++i) {
        wrong += again[k * stride + i] != (i < 4 * count ? file[k * stride + i] : 7);
      }
    }
    CHECK(wrong == 0);
  }
}
