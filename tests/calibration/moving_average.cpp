// SPDX-License-Identifier: MIT
// Halftone tests: moving averages of the ends of batches.
#include "streams.hpp"

#include <halftone/calibration/moving_average.hpp>

#include <cmath>

using namespace calibration_test;

TEST_CASE("each batch moves the ends") {
  keeps_the_laws(moving_average_observer{});
  refuses_what_is_not_finite(moving_average_observer{});
  const std::vector<batch> batches = some_batches();
  moving_average_observer o(0.25f);
  range r{};
  bool first = true;
  for (const batch& b : batches) {
    o.observe(b.view());
    if (b.view().empty()) {
      continue;
    }
    std::vector<batch> one{b};
    const range now = range_of(all_values(one));
    r = first ? now : range{r.min + 0.25f * (now.min - r.min), r.max + 0.25f * (now.max - r.max)};  // a power of two: exact products
    first = false;
    CHECK(same(o.range(), r));
  }
}

TEST_CASE("merged, the batches of the other come after, up to rounding") {
  for (const float constant : {0.01f, 0.3f, 1.0f}) {
    const std::vector<batch> batches = some_batches();
    moving_average_observer one(constant), a(constant), b(constant), c(constant);
    for (std::size_t i = 0; i < batches.size(); ++i) {
      one.observe(batches[i].view());
      (i < 2 ? a : i < 5 ? b : c).observe(batches[i].view());
    }
    a.merge(b);
    a.merge(c);
    // Each step rounds numbers not beyond the ends of all values, twice; there are 6.
    const range all = range_of(all_values(batches));
    const float bound = 12.0f * 0x1p-24f * maximum(magnitude(all.min), magnitude(all.max));
    CHECK(std::abs(a.range().min - one.range().min) <= bound);
    CHECK(std::abs(a.range().max - one.range().max) <= bound);
    CHECK(a.count() == one.count());
  }
}

TEST_CASE("constants, and ends farther apart than all floats") {
  CHECK_THROWS_WITH_AS(moving_average_observer(0.0f), doctest::Contains("the constant is 0"), error);
  CHECK_THROWS_WITH_AS(moving_average_observer(1.5f), doctest::Contains("the constant is 1.5"), error);
  CHECK_THROWS_AS(moving_average_observer(std::numeric_limits<float>::quiet_NaN()), error);
  moving_average_observer a(0.5f);
  CHECK_THROWS_WITH_AS(a.merge(moving_average_observer(0.25f)), doctest::Contains("merges constants 0.5 and 0.25"), error);
  const float largest = std::numeric_limits<float>::max();
  const std::vector<float> low{-largest}, high{largest};
  a.observe({low.data(), 1, 1});
  a.observe({high.data(), 1, 1});
  CHECK(is_finite(a.range().min));
}
