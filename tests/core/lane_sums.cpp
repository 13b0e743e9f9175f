// SPDX-License-Identifier: MIT
// Sums in lanes: which term goes where, and in which order lanes meet.
#include <halftone/core/lane_sums.hpp>

#include <doctest/doctest.h>

using namespace halftone;

TEST_CASE("term i goes to lane i % 16") {
  lane_sums sums;
  for (std::size_t i = 0; i < 40; ++i) {
    sums.add(i, static_cast<double>(i));
  }
  CHECK(sums.lane[0] == 0.0 + 16.0 + 32.0);
  CHECK(sums.lane[7] == 7.0 + 23.0 + 39.0);
  CHECK(sums.lane[8] == 8.0 + 24.0);
  CHECK(sums.total() == 39.0 * 40.0 / 2.0);
}

TEST_CASE("lanes are added 8 apart, then 4, 2 and 1") {
  lane_sums sums;
  sums.lane[0] = 0x1p60;
  sums.lane[8] = -0x1p60;  // meets lane 0 first: nothing is lost
  sums.lane[1] = 1.0;
  CHECK(sums.total() == 1.0);
  sums.lane[8] = 0.0;
  sums.lane[1] = -0x1p60;  // meets lane 0 last: what lanes 2 and 3 hold is lost
  sums.lane[2] = 1.0;
  sums.lane[3] = 1.0;
  CHECK(sums.total() == 0.0);
}
