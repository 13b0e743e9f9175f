// SPDX-License-Identifier: MIT
// Halftone tests: AWQ's words, there and back.
#include <halftone/format/awq/words.hpp>

#include <halftone/core/random.hpp>
#include <halftone/format/awq/schemes.hpp>
#include <halftone/format/gptq/quantize.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace halftone;
using layer = awq::layer<per_group<32>>;

TEST_CASE("words come back") {
  for (const std::size_t rows : {8u, 16u, 40u, 136u}) {
    for (const std::size_t cols : {1u, 31u, 32u, 65u, 128u, 300u}) {
      std::vector<float> w(rows * cols);
      for (std::size_t i = 0; i < w.size(); ++i) {
        w[i] = random_unit(8, i) - 0.3f;
      }
      const auto q = gptq::quantize<layer>({w.data(), rows, cols});
      quantized_matrix<layer> again(q.shape());
      awq::read_words(awq::code_words(q), awq::zero_point_words(q), again);
      CHECK(std::ranges::equal(again.codes(), q.codes()));
      for (std::size_t g = 0; g < q.group_count(); ++g) {
        CHECK(again.zero_point_at(g) == q.zero_point_at(g));
      }
    }
  }
}

TEST_CASE("every code is in its place, whole tiles or not") {
  for (const std::size_t rows : {8u, 128u, 152u}) {
    for (const std::size_t cols : {127u, 128u, 257u}) {
      quantized_matrix<layer> q(matrix_shape{rows, cols});
      for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t k = 0; k < cols; ++k) {
          write_code<4>(q.row_codes(row).data(), k, static_cast<std::uint32_t>(random_bits(row, k)) & 15u);
        }
      }
      const std::vector<std::uint8_t> words = awq::code_words(q);
      std::size_t wrong = 0;
      for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t k = 0; k < cols; ++k) {
          const std::uint32_t word = read_code<32>(words.data(), k * (rows / 8) + row / 8);
          wrong += (word >> (4 * awq::part_of_column[row % 8]) & 15u) != q.code_at(row, k);
        }
      }
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("the order of columns in a word") {
  quantized_matrix<layer> q(matrix_shape{16, 2});
  for (std::size_t row = 0; row < 16; ++row) {
    write_code<4>(q.row_codes(row).data(), 1, static_cast<std::uint32_t>(row % 8));
  }
  const std::vector<std::uint8_t> words = awq::code_words(q);
  CHECK(read_code<32>(words.data(), 0) == 0);
  CHECK(read_code<32>(words.data(), 2) == 0x75316420u);
  CHECK(read_code<32>(words.data(), 3) == 0x75316420u);
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(awq::part_of_column[awq::column_of_part[i]] == i);
  }
}

TEST_CASE("other sizes are refused") {
  quantized_matrix<layer> q(matrix_shape{8, 64}), odd(matrix_shape{9, 64});
  const std::vector<std::uint8_t> codes(256), zeros(8);
  awq::read_words(codes, zeros, q);
  CHECK_THROWS_WITH_AS(awq::read_words(codes, codes, q), doctest::Contains("awq: 256 and 256 bytes for [8, 64] in 2 groups"), error);
  CHECK_THROWS_WITH_AS(awq::read_words(zeros, zeros, q), doctest::Contains("awq: 8 and 8 bytes"), error);
  CHECK_THROWS_WITH_AS(awq::read_words(codes, zeros, odd), doctest::Contains("awq: 9 rows are no multiple of 8"), error);
  CHECK_THROWS_WITH_AS(static_cast<void>(awq::code_words(odd)), doctest::Contains("9 rows are no multiple of 8"), error);
  CHECK_THROWS_WITH_AS(static_cast<void>(awq::zero_point_words(odd)), doctest::Contains("9 rows are no multiple of 8"), error);
}
