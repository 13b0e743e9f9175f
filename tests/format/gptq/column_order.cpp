// SPDX-License-Identifier: MIT
// Halftone tests: columns in activation order, sorted by their groups and back; products are the same sums.
#include <halftone/format/gptq/column_order.hpp>

#include <halftone/core/random.hpp>
#include <halftone/format/gptq/quantize.hpp>
#include <halftone/reference/gemm.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace halftone;

TEST_CASE("columns are sorted by group and keep their order within it") {
  const std::vector<std::int32_t> groups{1, 0, 1, 0, 2, 0};
  CHECK(!gptq::column_order(groups, 2));  // three columns of group 0
  const std::vector<std::int32_t> good{1, 0, 1, 0, 2};
  CHECK(gptq::column_order(good, 2) == std::vector<std::uint32_t>{1, 3, 0, 2, 4});
  CHECK(!gptq::column_order(std::vector<std::int32_t>{0, 3}, 1));
  CHECK(!gptq::column_order(std::vector<std::int32_t>{0, -1}, 1));
  CHECK(!gptq::column_order(std::vector<std::int32_t>{1, 0, 1}, 2));  // the last group has one place
  CHECK(gptq::column_order({}, 32)->empty());
  CHECK(gptq::is_natural(*gptq::column_order(std::vector<std::int32_t>{0, 0, 1}, 2)));
  CHECK(!gptq::is_natural(*gptq::column_order(good, 2)));
}

TEST_CASE("a matrix with sorted columns times sorted activations is the same product") {
  using scheme = gptq::layer<uint4, per_channel<0>>;
  std::vector<float> w(3 * 40), x(2 * 40), sorted(2 * 40), y(6), z(6);
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = random_unit(1, i) - 0.5f;
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<float>(static_cast<int>(random_unit(2, i) * 16.0f));
  }
  std::vector<std::int32_t> groups(40);
  for (std::size_t k = 0; k < 40; ++k) {
    groups[k] = static_cast<std::int32_t>(k * 7 % 40 / 8);
  }
  auto q = gptq::quantize<scheme>({w.data(), 3, 40});
  for (std::size_t row = 0; row < 3; ++row) {
    q.scale_plane().set(row, 0.5f);  // so that every sum is exact
  }
  const auto multiply = [](std::vector<float>& from, const auto& weights, std::vector<float>& to) {
    reference::gemm(matrix_view<const float>(from.data(), 2, 40), weights, matrix_view<float>(to.data(), 2, 3));
  };
  multiply(x, q, y);
  const auto order = *gptq::column_order(groups, 8);
  auto turned = q;
  gptq::sort_columns(turned, order);
  CHECK(turned.code_at(1, 3) == q.code_at(1, order[3]));
  gptq::sort_columns({x.data(), 2, 40}, order, {sorted.data(), 2, 40});
  multiply(sorted, turned, z);
  CHECK(y == z);
  gptq::sort_columns(turned, order, true);
  CHECK(std::ranges::equal(turned.codes(), q.codes()));
}

TEST_CASE("orders of another length are refused") {
  quantized_matrix<gptq::layer<uint4>> q(matrix_shape{1, 4});
  const std::vector<std::uint32_t> order(3);
  std::vector<float> x(4), y(4);
  CHECK_THROWS_WITH_AS(gptq::sort_columns(q, order), doctest::Contains("3 places for 4 columns"), error);
  CHECK_THROWS_WITH_AS(gptq::sort_columns({x.data(), 1, 4}, order, {y.data(), 1, 4}), doctest::Contains("3 places for 4 columns"), error);
  CHECK_THROWS_WITH_AS(gptq::sort_columns({x.data(), 1, 3}, order, {y.data(), 1, 4}), doctest::Contains("x is [1, 3]"), error);
}

TEST_CASE("orders without every column once are refused, and x and y that overlap") {
  quantized_matrix<gptq::layer<uint4>> q(matrix_shape{1, 4});
  std::vector<float> x(8), y(4);
  const auto check = [&](const std::vector<std::uint32_t>& order, const char* sentence) {
    CHECK_THROWS_WITH_AS(gptq::sort_columns(q, order), sentence, error);
    CHECK_THROWS_WITH_AS(gptq::sort_columns(q, order, true), sentence, error);
    CHECK_THROWS_WITH_AS(gptq::sort_columns({x.data(), 1, 4}, order, {y.data(), 1, 4}), sentence, error);
  };
  check({0, 4, 1, 2}, "gptq::sort_columns: place 1 has column 4, which is none of 4 or has a place before");
  check({0, 1, 2, 0xffffffff}, "gptq::sort_columns: place 3 has column 4294967295, which is none of 4 or has a place before");
  check({3, 1, 3, 0}, "gptq::sort_columns: place 2 has column 3, which is none of 4 or has a place before");
  const std::vector<std::uint32_t> order{3, 2, 1, 0};
  CHECK_THROWS_WITH_AS(gptq::sort_columns({x.data(), 1, 4}, order, {x.data() + 2, 1, 4}),
                       "gptq::sort_columns: x and y overlap; y is written while x is still read", error);
  gptq::sort_columns({x.data(), 1, 4}, order, {x.data() + 4, 1, 4});
}
