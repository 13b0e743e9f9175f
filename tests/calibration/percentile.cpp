// SPDX-License-Identifier: MIT
// Halftone tests: percentiles against sorted values.
#include "streams.hpp"

#include <halftone/calibration/percentile.hpp>

#include <algorithm>

using namespace calibration_test;

namespace {

/// Whether a bound is that of the value's bin: the value or at most 2^-10 farther out.
bool at_most_a_bin_outside(float value, float bound, bool above) {
  const float outside = above ? bound - value : value - bound;
  return outside >= 0.0f && outside <= maximum(magnitude(value), magnitude(bound)) * 0x1p-10f;
}

}  // namespace

TEST_CASE("both ends") {
  keeps_the_laws(percentile_observer{});
  refuses_what_is_not_finite(percentile_observer{});
  const std::vector<batch> batches = some_batches();
  std::vector<float> all = all_values(batches);
  std::ranges::sort(all);
  for (const double percent : {0.0, 1e-9, 1.0, 50.0, 90.0, 99.0, 99.9, 99.99, 99.999, 100.0}) {
    percentile_observer o({.percent = percent});
    for (const batch& b : batches) {
      o.observe(b.view());
    }
    const auto cut = std::min(static_cast<std::size_t>((100.0 - percent) / 100.0 * static_cast<double>(all.size()) / 2.0), (all.size() - 1) / 2);
    CHECK(at_most_a_bin_outside(all[cut], o.range().min, false));
    CHECK(at_most_a_bin_outside(all[all.size() - 1 - cut], o.range().max, true));
    if (percent == 100.0) {
      CHECK(same(o.range(), {all.front(), all.back()}));
    }
  }
}

TEST_CASE("magnitudes") {
  const std::vector<batch> batches = some_batches();
  const std::vector<float> all = all_values(batches);
  std::vector<float> magnitudes(all.size());
  std::ranges::transform(all, magnitudes.begin(), [](float x) { return magnitude(x); });
  std::ranges::sort(magnitudes);
  for (const double percent : {0.0, 10.0, 90.0, 99.9, 100.0}) {
    percentile_observer o({.percent = percent, .symmetric = true});
    for (const batch& b : batches) {
      o.observe(b.view());
    }
    const auto cut = std::min(static_cast<std::size_t>((100.0 - percent) / 100.0 * static_cast<double>(all.size())), all.size() - 1);
    const float a = magnitudes[all.size() - 1 - cut];
    CHECK((at_most_a_bin_outside(-a, o.range().min, false) || o.range().min == range_of(all).min));
    CHECK((at_most_a_bin_outside(a, o.range().max, true) || o.range().max == range_of(all).max));
  }
}

TEST_CASE("one value, and what is no percentage") {
  const std::vector<float> x{-2.5f};
  for (const bool symmetric : {false, true}) {
    percentile_observer o({.percent = 10.0, .symmetric = symmetric});
    CHECK(same(o.range(), {}));
    o.observe({x.data(), 1, 1});
    CHECK(same(o.range(), {-2.5f, -2.5f}));
  }
  for (const double percent : {-1.0, 101.0, std::numeric_limits<double>::quiet_NaN()}) {
    percentile_observer o({.percent = percent});
    o.observe({x.data(), 1, 1});
    CHECK_THROWS_WITH_AS((void)o.range(), doctest::Contains("is outside 0..100"), error);
  }
}
