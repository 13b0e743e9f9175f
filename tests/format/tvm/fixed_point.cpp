// SPDX-License-Identifier: MIT
// Halftone tests: TVM's fixed-point products.
#include <halftone/format/tvm/fixed_point.hpp>

#include <format/tvm/golden.hpp>

#include <doctest/doctest.h>

using namespace halftone;
using halftone_test::numbers_of;

TEST_CASE("recorded products of fixed_point_multiply") {
  const auto lines = tvm_test::recorded("multiply");
  CHECK(lines.size() == 4);
  for (const auto& line : lines) {
    const fixed_point_multiplier m{static_cast<std::int32_t>(std::stol(line[0])), static_cast<std::int32_t>(std::stol(line[1]))};
    const auto sums = numbers_of<std::int32_t>(line[2]);
    const auto products = numbers_of<std::int32_t>(line[3]);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      CHECK(tvm::upward::multiplied(sums[i], m) == products[i]);
    }
  }
}

TEST_CASE("one rounding, ties up or away from zero") {
  const fixed_point_multiplier quarter{1 << 30, -1};
  const std::int32_t sums[] = {1, 2, 5, -2, -6, 6, 7, -7};
  const std::int32_t up[] = {0, 1, 1, 0, -1, 2, 2, -2};
  const std::int32_t away[] = {0, 1, 1, -1, -2, 2, 2, -2};
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(tvm::upward::multiplied(sums[i], quarter) == up[i]);
    CHECK(tvm::to_nearest::multiplied(sums[i], quarter) == away[i]);
  }
  const fixed_point_multiplier large{1 << 30, 20};
  CHECK(tvm::to_nearest::multiplied(1 << 20, large) == std::numeric_limits<std::int32_t>::max());
  CHECK(tvm::to_nearest::multiplied(-(1 << 20), large) == std::numeric_limits<std::int32_t>::min());
  CHECK(tvm::to_nearest::multiplier_of(0.3) == fixed_point_multiplier{1288490189, -1});
}
