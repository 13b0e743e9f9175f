// SPDX-License-Identifier: MIT
// Halftone tests: the mean and standard deviations around it.
#include "streams.hpp"

#include <halftone/calibration/mean_sigma.hpp>

#include <cmath>

using namespace calibration_test;

TEST_CASE("mean and sigma of a stream, in two passes") {
  keeps_the_laws(mean_sigma_observer{});
  refuses_what_is_not_finite(mean_sigma_observer{});
  const std::vector<batch> batches = some_batches();
  const std::vector<float> all = all_values(batches);
  mean_sigma_observer one(2.0), even(2.0), odd(2.0);
  for (std::size_t i = 0; i < batches.size(); ++i) {
    one.observe(batches[i].view());
    (i % 2 == 0 ? even : odd).observe(batches[i].view());
  }
  const auto n = static_cast<double>(all.size());
  double mean = 0.0, squares = 0.0;
  for (const float x : all) {
    mean += static_cast<double>(x) / n;
  }
  for (const float x : all) {
    squares += (static_cast<double>(x) - mean) * (static_cast<double>(x) - mean) / n;
  }
  CHECK(one.mean() == doctest::Approx(mean).epsilon(1e-12));
  CHECK(one.sigma() == doctest::Approx(std::sqrt(squares)).epsilon(1e-12));
  CHECK(one.range().min == static_cast<float>(one.mean() - 2.0 * one.sigma()));
  CHECK(one.range().max == static_cast<float>(one.mean() + 2.0 * one.sigma()));
  odd.merge(even);
  CHECK(odd.mean() == doctest::Approx(one.mean()).epsilon(1e-12));
  CHECK(odd.sigma() == doctest::Approx(one.sigma()).epsilon(1e-12));
}

TEST_CASE("sums in sixteen lanes, whatever the machine") {
  const batch b(1, 8192 + 37, 5);
  mean_sigma_observer o;
  o.observe(b.view());
  lane_sums first, rest;
  for (std::size_t i = 0; i < 8192; ++i) {
    first.add(i, static_cast<double>(b.values[i]));
  }
  for (std::size_t i = 0; i < 37; ++i) {
    rest.add(i, static_cast<double>(b.values[8192 + i]));
  }
  CHECK(o.mean() == (first.total() + rest.total()) / static_cast<double>(b.values.size()));
}

TEST_CASE("the range is among the values") {
  const std::vector<float> skewed{0.0f, 0.0f, 0.0f, 0.0f, 1.0f};
  mean_sigma_observer o;
  CHECK(same(o.range(), {0.0f, 0.0f}));
  CHECK(o.mean() == 0.0);
  CHECK(o.sigma() == 0.0);
  o.observe({skewed.data(), 1, 5});
  CHECK(same(o.range(), {0.0f, 1.0f}));
  const std::vector<float> same_values(1000, 0.1f);
  mean_sigma_observer constant;
  constant.observe({same_values.data(), 1, 1000});
  CHECK(same(constant.range(), {0.1f, 0.1f}));
  const float largest = std::numeric_limits<float>::max();
  const std::vector<float> ends{-largest, largest};
  mean_sigma_observer wide;
  wide.observe({ends.data(), 1, 2});
  CHECK(same(wide.range(), {-largest, largest}));
}

TEST_CASE("other numbers of standard deviations") {
  CHECK_THROWS_WITH_AS(mean_sigma_observer(-1.0), doctest::Contains("is -1 standard deviations"), error);
  CHECK_THROWS_AS(mean_sigma_observer(std::numeric_limits<double>::infinity()), error);
  mean_sigma_observer o(2.0);
  CHECK_THROWS_WITH_AS(o.merge(mean_sigma_observer(3.0)), doctest::Contains("merges 2 and 3"), error);
}
