// SPDX-License-Identifier: MIT
// Halftone tests: a range that is known.
#include "streams.hpp"

#include <halftone/calibration/fixed_range.hpp>

using namespace calibration_test;

TEST_CASE("no value changes it") {
  keeps_the_laws(fixed_range_observer({0.0f, 1.0f}));
  fixed_range_observer o({-1.0f, 2.0f});
  const std::vector<float> x{5.0f, std::numeric_limits<float>::quiet_NaN()};
  o.observe({x.data(), 1, 2});
  o.observe_range({-7.0f, 7.0f}, 3);
  CHECK(same(o.range(), {-1.0f, 2.0f}));
  CHECK(o.count() == 5);
}

TEST_CASE("ranges that are none, and others") {
  CHECK_THROWS_WITH_AS(fixed_range_observer({2.0f, 1.0f}), doctest::Contains("the range is 2..1"), error);
  CHECK_THROWS_AS(fixed_range_observer({0.0f, std::numeric_limits<float>::infinity()}), error);
  fixed_range_observer o({0.0f, 1.0f});
  CHECK_THROWS_WITH_AS(o.merge(fixed_range_observer({0.0f, 2.0f})), doctest::Contains("merges the ranges 0..1 and 0..2"), error);
  CHECK_THROWS_AS(o.merge(fixed_range_observer({-1.0f, 1.0f})), error);
}
