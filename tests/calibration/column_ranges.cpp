// SPDX-License-Identifier: MIT
// Halftone tests: the range of each column against plain loops.
#include "streams.hpp"

#include <halftone/calibration/column_ranges.hpp>

using namespace calibration_test;

TEST_CASE("columns of any number, rows of any number") {
  for (const std::size_t rows : {1u, 2u, 3u, 4u, 5u, 9u}) {
    for (std::size_t cols = 0; cols <= 70; ++cols) {
      const batch b(rows, cols, rows * 100 + cols, 1.0f, cols % 3);
      const std::vector<range> ranges = ranges_of_columns(b.view(), "test");
      REQUIRE(ranges.size() == cols);
      for (std::size_t k = 0; k < cols; ++k) {
        std::vector<float> column;
        for (std::size_t row = 0; row < rows; ++row) {
          column.push_back(b.view()(row, k));
        }
        CHECK(same(ranges[k], range_of(column)));
      }
    }
  }
  CHECK(same(ranges_of_columns({nullptr, 0, 3}, "test")[2], {}));
}

TEST_CASE("a NaN or an infinity anywhere is found") {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    for (std::size_t at = 0; at < 5 * 21; ++at) {
      batch b(5, 21, 1);
      b.values[at] = bad;
      CHECK_THROWS_WITH_AS((void)ranges_of_columns(b.view(), "test"), doctest::Contains("test: value ["), error);
    }
  }
  CHECK_THROWS_WITH_AS((void)ranges_of_columns({nullptr, 2, 3}, "test"), doctest::Contains("test: x is null"), error);
}
