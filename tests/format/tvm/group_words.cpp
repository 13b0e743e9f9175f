// SPDX-License-Identifier: MIT
// Halftone tests: MLC's words, there and back, and words that are wrong.
#include <halftone/format/tvm/group_words.hpp>

#include <halftone/core/random.hpp>
#include <halftone/format/tvm/schemes.hpp>
#include <halftone/quantize/quantize.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace halftone;

namespace {
template <class Scheme>
void there_and_back(std::size_t rows, std::size_t cols) {
  std::vector<float> w(rows * cols);
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = random_unit(5, i) - 0.5f;
  }
  const auto q = quantize<Scheme>({w.data(), rows, cols});
  const std::vector<std::uint8_t> bytes = tvm::to_words(q);
  CHECK(bytes.size() == rows * tvm::row_bytes<Scheme>(cols));
  const auto again = tvm::from_words<Scheme>(bytes, {rows, cols});
  REQUIRE(again.has_value());
  CHECK(std::ranges::equal(again.value().codes(), q.codes()));
  CHECK(tvm::to_words(again.value()) == bytes);

  const std::vector<std::uint8_t> columns = tvm::to_words(q, tvm::word_order::columns);
  REQUIRE(columns.size() == bytes.size());
  const std::size_t words = rows == 0 ? 0 : bytes.size() / 4 / rows;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t word = 0; word < words; ++word) {
      CHECK(read_code<32>(columns.data(), word * rows + row) == read_code<32>(bytes.data(), row * words + word));
    }
  }
  const auto transposed = tvm::from_words<Scheme>(columns, {rows, cols}, tvm::word_order::columns);
  REQUIRE(transposed.has_value());
  CHECK(std::ranges::equal(transposed.value().codes(), q.codes()));
}
}  // namespace

TEST_CASE("words come back") {
  for (const std::size_t cols : {0u, 1u, 9u, 10u, 11u, 31u, 32u, 33u, 40u, 80u, 81u}) {
    there_and_back<tvm::q4f16_1>(3, cols);
    there_and_back<tvm::q3f16_1>(3, cols);
  }
}

TEST_CASE("ten codes of 3 bits fill a word but for two bits, and groups are whole words") {
  std::vector<float> w(11);
  w[0] = 3.0f;
  w[9] = 3.0f;
  w[10] = -3.0f;
  const std::vector<std::uint8_t> bytes = tvm::to_words(quantize<tvm::q3f16_1>({w.data(), 1, 11}));
  CHECK(bytes.size() == 16);
  CHECK(read_code<32>(bytes.data(), 0) == (6u | 6u << 27 | 0333333330u));  // zeros are code 3
  CHECK(read_code<32>(bytes.data(), 1) == 0u);
}

TEST_CASE("wrong words are refused") {
  std::vector<std::uint8_t> bytes(32, 0x77);
  CHECK(tvm::from_words<tvm::q4f16_1>(bytes, {2, 32}).has_value());
  CHECK(tvm::from_words<tvm::q4f16_1>(bytes, {3, 32}).failure().code == file_error::truncated);
  CHECK(tvm::from_words<tvm::q4f16_1>(bytes, {1, 32}).failure().code == file_error::bad_extent);
  bytes[20] = 0xf7;
  const auto wrong = tvm::from_words<tvm::q4f16_1>(bytes, {2, 32});
  REQUIRE(!wrong.has_value());
  CHECK(wrong.failure().offset == 20);
  CHECK(tvm::from_words<tvm::q4f16_1>(bytes, {2, 32}, tvm::word_order::columns).failure().text.find("weight [1, 17]") !=
        std::string::npos);
  CHECK(wrong.failure().text.find("weight [1, 9] has code 15, more than 14") != std::string::npos);
}
