// SPDX-License-Identifier: MIT
// Halftone tests: an observer of a collector and a search.
#include "streams.hpp"

#include <halftone/calibration/searched.hpp>

using namespace calibration_test;

namespace {
struct whole {
  range operator()(const value_counts& values) const { return values.ends(); }
};
}  // namespace

TEST_CASE("a search of one's own") {
  using own = searched_observer<value_counts, whole>;
  static_assert(observer<own>);
  keeps_the_laws(own{});
  refuses_what_is_not_finite(own{});
  own o;
  CHECK(same(o.range(), {}));
  const batch b(3, 30, 1);
  o.observe(b.view());
  CHECK(same(o.range(), range_of(b.values)));
  CHECK(o.collector().count() == 90);
}
