// SPDX-License-Identifier: MIT
// Halftone tests: blocks that run on across rows.
#include <halftone/element/integer.hpp>
#include <halftone/gemm/gemm.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/reference/gemv.hpp>
#include <halftone/scheme/flat_blocks.hpp>
#include <halftone/scheme/symmetric.hpp>

#include <doctest/doctest.h>

using namespace halftone;

TEST_CASE("a weight's block is its place in the flattened matrix by the block's length") {
  using blocks = flat_blocks<4>;
  for (const matrix_shape s : {matrix_shape{1, 1}, matrix_shape{3, 5}, matrix_shape{4, 4}, matrix_shape{7, 1}, matrix_shape{2, 9}}) {
    const matrix_shape p = blocks::parameter_shape(s);
    CHECK(p.rows == 1);
    CHECK(p.cols == (s.rows * s.cols + 3) / 4);
    std::size_t i = 0;
    for (std::size_t row = 0; row < s.rows; ++row) {
      for (std::size_t k = 0; k < s.cols; ++k, ++i) {
        CHECK(blocks::group_of(row, k, s) == i / 4);
      }
    }
  }
  CHECK(blocks::parameter_shape({0, 3}) == matrix_shape{});
  CHECK(blocks::parameter_shape({3, 0}) == matrix_shape{});
  CHECK(blocks::name() == "flat_blocks<4>");
}

TEST_CASE("scales and products") {
  const std::vector<float> w{1, -7, 14, 0, 3, 3.5f};  // blocks of four over rows of three
  const auto q = quantize<scheme<int4, symmetric, flat_blocks<4>>>({w.data(), 2, 3});
  CHECK(q.scale_at(0) == 2.0f);
  CHECK(q.scale_at(1) == 0.5f);
  CHECK(q.value_at(1, 0) == 0.0f);
  CHECK(q.value_at(1, 1) == 3.0f);
  const std::vector<float> x{1, 2, 3};
  std::vector<float> y(2);
  std::vector<float> expected(2);
  gemv(std::span<const float>(x), pack(q), std::span<float>(y));
  reference::gemv(std::span<const float>(x), q, std::span<float>(expected));
  CHECK(y == expected);
}
