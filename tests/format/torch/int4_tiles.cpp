// SPDX-License-Identifier: MIT
// Halftone tests: PyTorch's words of int4 weights for tensor cores.
#include <halftone/format/torch/int4_tiles.hpp>

#include <halftone/core/random.hpp>
#include <halftone/format/torch/schemes.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace halftone;
using tiny = torch::ao_tinygemm<uint4, per_group<32>>;

namespace {

quantized_matrix<tiny> weights(std::size_t rows, std::size_t cols) {
  quantized_matrix<tiny> q(matrix_shape{rows, cols});
  for (std::size_t i = 0; i < rows * cols; ++i) {
    write_code<4>(q.row_codes(i / cols).data(), i % cols, static_cast<std::uint32_t>(random_unit(11, i) * 16.0f) & 15u);
  }
  return q;
}

template <std::size_t InnerKTiles>
void there_and_back(std::size_t rows, std::size_t cols) {
  CAPTURE(rows);
  CAPTURE(cols);
  const auto q = weights(rows, cols);
  const std::vector<std::uint8_t> bytes = torch::to_int4_tiles<InnerKTiles>(q);
  auto again = weights(rows, cols);
  std::fill(again.codes().begin(), again.codes().end(), std::uint8_t{0xff});  // codes take the place of others
  torch::from_int4_tiles<InnerKTiles>(bytes, again);
  CHECK(std::ranges::equal(again.codes(), q.codes()));
}

}  // namespace

TEST_CASE("words come back") {
  for (const std::size_t rows : {0u, 1u, 8u, 13u, 24u}) {
    there_and_back<2>(rows, 96);
    there_and_back<4>(rows, 64);
    there_and_back<8>(rows, 256);
  }
  there_and_back<8>(3, 0);
}

TEST_CASE("where a code stands") {
  // Lane 4 * row + column pair; the words of a lane behind each other, two tiles of 16 columns a word.
  const auto q = weights(9, 64);
  const std::vector<std::uint8_t> bytes = torch::to_int4_tiles<4>(q);
  REQUIRE(bytes.size() == 16 * 64 / 2);
  const auto word = [&](std::size_t lane, std::size_t p, std::size_t tile = 0) { return read_code<32>(bytes.data(), (tile * 32 + lane) * 2 + p); };
  const auto expected = [&](std::size_t row, std::size_t k) {
    std::uint32_t bits = 0;
    unsigned shift = 0;
    for (const std::size_t column : {0u, 8u, 16u, 24u, 1u, 9u, 17u, 25u}) {
      bits |= q.code_at(row, k + column) << shift;
      shift += 4;
    }
    return bits;
  };
  CHECK(word(0, 0) == expected(0, 0));
  CHECK(word(1, 0) == expected(0, 2));
  CHECK(word(3, 1) == expected(0, 38));
  CHECK(word(30, 1) == expected(7, 36));
  CHECK(word(2, 0, 1) == expected(8, 4));
  CHECK(word(4, 0, 1) == 0);  // row 9
}

TEST_CASE("other sizes are refused") {
  quantized_matrix<tiny> q(matrix_shape{8, 128}), odd(matrix_shape{8, 64});
  const std::vector<std::uint8_t> bytes(513);
  CHECK_NOTHROW(torch::from_int4_tiles(std::span(bytes).first(512), q));
  CHECK_THROWS_WITH_AS(torch::from_int4_tiles(bytes, q), "torch: 513 bytes of int4 tiles for [8, 128]", error);
  CHECK_THROWS_WITH_AS(torch::from_int4_tiles(bytes, odd), "torch: int4 tiles of 128 columns, not 64 columns", error);
  CHECK_THROWS_WITH_AS(static_cast<void>(torch::to_int4_tiles(odd)), "torch: int4 tiles of 128 columns, this matrix has 64", error);
}
