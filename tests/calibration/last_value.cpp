// SPDX-License-Identifier: MIT
// Halftone tests: the range of the last batch.
#include "streams.hpp"

#include <halftone/calibration/last_value.hpp>

using namespace calibration_test;

TEST_CASE("the last batch that has values") {
  keeps_the_laws(last_value_observer{});
  refuses_what_is_not_finite(last_value_observer{});
  const batch first(3, 20, 1), second(2, 30, 2), empty(4, 0, 3);
  last_value_observer a, b;
  a.observe(first.view());
  a.observe(empty.view());
  CHECK(same(a.range(), range_of(first.values)));
  b.observe(second.view());
  a.merge(b);
  CHECK(same(a.range(), range_of(second.values)));
  CHECK(a.count() == 120);
}
