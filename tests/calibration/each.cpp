// SPDX-License-Identifier: MIT
// Halftone tests: an observer for each row or column.
#include "streams.hpp"

#include <halftone/calibration/each.hpp>
#include <halftone/calibration/min_max.hpp>
#include <halftone/calibration/moving_average.hpp>
#include <halftone/calibration/percentile.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/scheme/presets.hpp>

using namespace calibration_test;

namespace {

/// Rows or columns as streams of their own give the same.
template <class O>
void compare(const O& first) {
  const batch a(7, 37, 1, 1.0f, 2), b(7, 37, 2, 3.0f);
  each_row<O> rows(first);
  each_column<O> columns(first);
  rows.observe(a.view());
  columns.observe(a.view());
  rows.observe(b.view());
  columns.observe(b.view());
  REQUIRE(rows.size() == 7);
  REQUIRE(columns.size() == 37);
  for (std::size_t i = 0; i < 7; ++i) {
    O o = first;
    o.observe(a.part(i, 1));
    o.observe(b.part(i, 1));
    CHECK(same(rows.ranges()[i], o.range()));
    CHECK(rows[i].count() == 2 * 37);
  }
  for (std::size_t k = 0; k < 37; ++k) {
    O o = first;
    o.observe({a.values.data() + k, 7, 1, a.stride});
    o.observe({b.values.data() + k, 7, 1, b.stride});
    CHECK(same(columns.ranges()[k], o.range()));
    CHECK(columns[k].count() == 14);
  }
}

}  // namespace

TEST_CASE("rows and columns") {
  compare(min_max_observer{});
  compare(moving_average_observer{0.1f});
  compare(percentile_observer{{.percent = 80.0}});
}

TEST_CASE("rows and columns that are merged") {
  const batch a(7, 37, 1), b(7, 37, 2);
  each_row<min_max_observer> rows, other_rows, none;
  each_column<min_max_observer> columns, other_columns;
  rows.observe(a.view());
  other_rows.observe(b.view());
  columns.observe(a.view());
  other_columns.observe(b.view());
  rows.merge(other_rows);
  rows.merge(none);
  none.merge(rows);
  columns.merge(other_columns);
  CHECK(none.size() == 7);
  CHECK(same(none.ranges()[6], {minimum(range_of(a.view().row(6)).min, range_of(b.view().row(6)).min),
                                maximum(range_of(a.view().row(6)).max, range_of(b.view().row(6)).max)}));
  CHECK(columns[5].count() == 14);
}

TEST_CASE("other numbers of rows and columns") {
  const batch a(7, 37, 1), b(6, 36, 2);
  each_row<min_max_observer> rows, other_rows;
  each_column<min_max_observer> columns, other_columns;
  rows.observe(a.view());
  columns.observe(a.view());
  rows.observe({nullptr, 0, 3});
  columns.observe({nullptr, 3, 0});
  CHECK_THROWS_WITH_AS(rows.observe(b.view()), doctest::Contains("each_row: 6 rows follow batches of 7"), error);
  CHECK_THROWS_WITH_AS(columns.observe(b.view()), doctest::Contains("each_column: 36 columns follow batches of 37"), error);
  other_rows.observe(b.view());
  CHECK_THROWS_WITH_AS(rows.merge(other_rows), doctest::Contains("6 rows follow"), error);
  CHECK_THROWS_WITH_AS(rows.observe({nullptr, 7, 37}), doctest::Contains("each_row: x is null"), error);
  CHECK_THROWS_WITH_AS(columns.observe({nullptr, 7, 37}), doctest::Contains("each_column: x is null"), error);
  batch bad(7, 37, 1);
  bad.values[40] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH_AS(columns.observe(bad.view()), doctest::Contains("each_column: value [1, 3] is inf"), error);
  each_column<percentile_observer> gathered;
  CHECK_THROWS_WITH_AS(gathered.observe({nullptr, 7, 37}), doctest::Contains("each_column: x is null"), error);
  CHECK_THROWS_WITH_AS(gathered.observe(bad.view()), doctest::Contains("each_column: value [1, 3] is inf"), error);
}

TEST_CASE("ranges of rows are those of weights per channel") {
  const batch w(5, 40, 3);
  each_row<min_max_observer> rows;
  rows.observe(w.view());
  const std::vector<range> ranges = rows.ranges();
  const auto q = quantize<int8_per_channel>(w.view(), given_ranges{ranges});
  CHECK(std::ranges::equal(q.codes(), quantize<int8_per_channel>(w.view()).codes()));
}
