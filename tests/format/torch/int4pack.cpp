// SPDX-License-Identifier: MIT
// Halftone tests: PyTorch's bytes of int4 weights for CPUs.
#include <halftone/format/torch/int4pack.hpp>

#include <halftone/core/random.hpp>
#include <halftone/format/torch/schemes.hpp>
#include <halftone/quantize/quantize.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace halftone;
using tiny = torch::ao_tinygemm<uint4, per_group<32>>;

namespace {
quantized_matrix<tiny> weights(std::size_t rows, std::size_t cols) {
  std::vector<float> w(rows * cols);
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = random_unit(9, i);
  }
  return quantize<tiny>({w.data(), rows, cols});
}
template <std::size_t BlockRows>
void there_and_back(std::size_t rows, std::size_t cols) {
  const auto q = weights(rows, cols);
  const std::vector<std::uint8_t> bytes = torch::to_int4pack<BlockRows>(q);
  quantized_matrix<tiny> again(q.shape());
  torch::from_int4pack<BlockRows>(bytes, again);
  CHECK(std::ranges::equal(again.codes(), q.codes()));
}
}  // namespace

TEST_CASE("bytes come back") {
  for (const std::size_t rows : {0u, 2u, 16u, 32u, 48u, 64u, 80u, 128u}) {
    for (const std::size_t cols : {0u, 1u, 32u, 33u}) {
      there_and_back<64>(rows, cols);
      there_and_back<32>(rows, cols);
    }
  }
}

TEST_CASE("where rows stand: halves of a whole block, pairs of a shorter one") {
  const auto q = weights(96, 2);
  const std::vector<std::uint8_t> wide = torch::to_int4pack<64>(q);
  CHECK(wide[32 + 5] == (q.code_at(5, 1) | q.code_at(37, 1) << 4));
  CHECK(wide[64 + 16 + 3] == (q.code_at(64 + 6, 1) | q.code_at(64 + 7, 1) << 4));
  const std::vector<std::uint8_t> narrow = torch::to_int4pack<32>(q);
  CHECK(narrow[64 + 16 + 3] == (q.code_at(64 + 3, 1) | q.code_at(64 + 19, 1) << 4));
}

TEST_CASE("codes take the place of what a matrix held") {
  auto q = weights(34, 3);
  const std::vector<std::uint8_t> zeros(17 * 3);
  torch::from_int4pack<32>(zeros, q);
  CHECK(torch::to_int4pack<32>(q) == zeros);
}

TEST_CASE("other sizes are refused") {
  quantized_matrix<tiny> q(matrix_shape{2, 4}), odd(matrix_shape{3, 4});
  const std::vector<std::uint8_t> bytes(5);
  CHECK_THROWS_WITH_AS(torch::from_int4pack<64>(bytes, q), doctest::Contains("5 bytes of int4pack for [2, 4]"), error);
  CHECK_THROWS_WITH_AS(torch::from_int4pack<64>(std::span(bytes).first(4), odd), doctest::Contains("not 3 rows"), error);
  CHECK_THROWS_WITH_AS(static_cast<void>(torch::to_int4pack<64>(odd)), doctest::Contains("this matrix has 3"), error);
}
