// SPDX-License-Identifier: MIT
// reference::gemv is reference::gemm with one row, for each kind of activations.
#include <halftone/core/random.hpp>
#include <halftone/epilogue/linear_stages.hpp>
#include <halftone/reference/gemv.hpp>
#include <halftone/reference/quantize.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace halftone;

TEST_CASE("gemv gives the row that gemm gives") {
  const std::size_t n = 5;
  const std::size_t k = 40;
  std::vector<float> weights(n * k), x(k), expected(n), actual(n);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = random_unit(1, i) - 0.5f;
  }
  for (std::size_t i = 0; i < k; ++i) {
    x[i] = random_unit(2, i) - 0.5f;
  }
  const auto q = reference::quantize<uint4_g32>({weights.data(), n, k});
  const matrix_view<const float> row(x.data(), 1, k);
  const matrix_view<float> out(expected.data(), 1, n);
  const epilogue finish{relu{}};
  reference::gemm(row, q, out, finish);
  reference::gemv(std::span<const float>(x), q, std::span<float>(actual), finish);
  CHECK(actual == expected);
  reference::gemm(dynamic<int8_per_token>(row), q, out);
  reference::gemv(dynamic<int8_per_token>(row), q, std::span<float>(actual));
  CHECK(actual == expected);
  const auto once = reference::quantize_activations<int8_per_token>(row);
  reference::gemv(once, q, std::span<float>(actual));
  CHECK(actual == expected);
  reference::gemv(once.view(), q, std::span<float>(actual));
  CHECK(actual == expected);
}
