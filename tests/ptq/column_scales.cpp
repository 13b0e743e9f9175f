// SPDX-License-Identifier: MIT
// Halftone tests: factors of columns leave products as they were.
#include <halftone/ptq/column_scales.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

namespace {

using namespace halftone;

TEST_CASE("column scales: products stay") {
  std::vector<float> w{1.0f, 2.0f, -3.0f, 4.0f, 5.0f, 6.0f}, x{7.0f, -8.0f, 9.0f};
  const std::vector<float> scales{2.0f, 0.5f, -4.0f};
  ptq::multiply_columns({w.data(), 2, 3}, scales);
  ptq::divide_columns({x.data(), 1, 3}, scales);
  CHECK(w == std::vector<float>{2.0f, 1.0f, 12.0f, 8.0f, 2.5f, -24.0f});
  CHECK(x == std::vector<float>{3.5f, -16.0f, -2.25f});
}

TEST_CASE("column scales: what is refused") {
  std::vector<float> w(4, 1.0f);
  const std::vector<float> two{1.0f, 0.0f}, endless{std::numeric_limits<float>::infinity()};
  CHECK_THROWS_WITH_AS(ptq::multiply_columns({nullptr, 1, 2}, two), "multiply_columns: w is null but has shape [1, 2]", error);
  CHECK_THROWS_WITH_AS(ptq::multiply_columns({w.data(), 4, 1}, two), "multiply_columns: 2 scales for 1 columns", error);
  CHECK_THROWS_WITH_AS(ptq::divide_columns({nullptr, 1, 2}, two), "divide_columns: x is null but has shape [1, 2]", error);
  CHECK_THROWS_WITH_AS(ptq::divide_columns({w.data(), 4, 1}, two), "divide_columns: 2 scales for 1 columns", error);
  CHECK_THROWS_WITH_AS(ptq::divide_columns({w.data(), 2, 2}, two), "divide_columns: scale 1 is 0", error);
  CHECK_THROWS_WITH_AS(ptq::divide_columns({w.data(), 4, 1}, endless), "divide_columns: scale 0 is inf", error);
}

}  // namespace
