// SPDX-License-Identifier: MIT
// Halftone tests: PyTorch's HistogramObserver.
#include "golden.hpp"

#include <halftone/calibration/min_max.hpp>
#include <halftone/calibration/moving_average.hpp>
#include <halftone/calibration/torch_histogram.hpp>

#include <cmath>

using namespace calibration_test;

TEST_CASE("recorded ranges of PyTorch") {
  check_recorded("torch", "min_max", [](const std::vector<double>&) { return min_max_observer{}; });
  check_recorded("torch", "moving_average", [](const std::vector<double>& n) { return moving_average_observer(static_cast<float>(n[0])); });
  check_recorded("torch", "histogram", [](const std::vector<double>& n) { return torch::histogram_observer(static_cast<std::size_t>(n[0])); });
}

TEST_CASE("streams, and values that are not finite") {
  keeps_the_laws(torch::histogram_observer(256));
  refuses_what_is_not_finite(torch::histogram_observer(256));
}

TEST_CASE("counts stay as ranges grow and shards are merged") {
  const std::vector<batch> batches = some_batches();
  torch::histogram_observer one(64), a(64), b(64);
  for (std::size_t i = 0; i < batches.size(); ++i) {
    one.observe(batches[i].view());
    (i % 2 == 0 ? a : b).observe(batches[i].view());
  }
  a.merge(b);
  for (const auto* o : {&one, &a}) {
    CHECK(torch::sum(o->counts()) == doctest::Approx(static_cast<double>(one.count())).epsilon(1e-6));
    CHECK(same(o->ends(), range_of(all_values(batches))));
  }
  // Of the same ends: the sum of counts.
  torch::histogram_observer twice(64), c(64), d(64);
  twice.observe(batches[4].view());
  twice.observe(batches[4].view());
  c.observe(batches[4].view());
  d.observe(batches[4].view());
  c.merge(d);
  CHECK(std::ranges::equal(c.counts(), twice.counts()));
  CHECK(same(c.range(), twice.range()));
}

TEST_CASE("the search stops at a minimum") {
  torch::histogram_observer o(128, 4);
  for (const batch& b : some_batches()) {
    o.observe(b.view());
  }
  const range ends = o.ends(), r = o.range();
  const double width = (static_cast<double>(ends.max) - static_cast<double>(ends.min)) / 128.0;
  const auto start = static_cast<std::size_t>(std::lround((static_cast<double>(r.min) - static_cast<double>(ends.min)) / width));
  const auto end = static_cast<std::size_t>(std::lround((static_cast<double>(r.max) - static_cast<double>(ends.min)) / width)) - 1;
  CHECK((start > 0 || end < 127));
  CHECK(o.squared_error(start, end) <= std::max(o.squared_error(0, 126), o.squared_error(1, 127)));
}

TEST_CASE("bins that are none") {
  CHECK_THROWS_WITH_AS(torch::histogram_observer(1), doctest::Contains("torch::histogram_observer: 1 bins"), error);
  CHECK_THROWS_WITH_AS(torch::histogram_observer(64, 0), doctest::Contains("0 bits"), error);
  CHECK_THROWS_WITH_AS(torch::histogram_observer(64, 17), doctest::Contains("17 bits"), error);
  torch::histogram_observer o(64);
  CHECK_THROWS_WITH_AS(o.merge(torch::histogram_observer(65)), doctest::Contains("merges 64 bins"), error);
  CHECK_THROWS_AS(o.merge(torch::histogram_observer(64, 4)), error);
}
