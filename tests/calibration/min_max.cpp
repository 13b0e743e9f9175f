// SPDX-License-Identifier: MIT
// Halftone tests: the smallest and the largest value of a stream.
#include "streams.hpp"

#include <halftone/calibration/min_max.hpp>

using namespace calibration_test;

TEST_CASE("the smallest and the largest value") {
  keeps_the_laws(min_max_observer{});
  refuses_what_is_not_finite(min_max_observer{});
  const std::vector<batch> batches = some_batches();
  min_max_observer o;
  for (const batch& b : batches) {
    o.observe(b.view());
  }
  CHECK(same(o.range(), range_of(all_values(batches))));
}

TEST_CASE("streams that stay on one side of zero, constants, the ends of float") {
  const auto observed = [](const std::vector<float>& x) {
    min_max_observer o;
    o.observe({x.data(), x.size(), 1});
    return o.range();
  };
  CHECK(same(observed({3.0f, 5.0f}), {3.0f, 5.0f}));
  CHECK(same(observed({-3.0f, -5.0f, -4.0f}), {-5.0f, -3.0f}));
  CHECK(same(observed({7.0f}), {7.0f, 7.0f}));
  CHECK(same(observed(std::vector<float>(100, -0.0f)), {0.0f, 0.0f}));
  const float largest = std::numeric_limits<float>::max();
  const float least = std::numeric_limits<float>::denorm_min();
  CHECK(same(observed({largest, -largest, least}), {-largest, largest}));
  CHECK(same(observed({least, -least}), {-least, least}));
}
