// SPDX-License-Identifier: MIT
// Halftone tests: ModelOpt's histogram of magnitudes.
#include "streams.hpp"

#include <halftone/calibration/tensorrt_histogram.hpp>

#include <cmath>

using namespace calibration_test;

namespace {
double total(const tensorrt::magnitude_histogram& h) {
  return std::accumulate(h.bins().counts.begin(), h.bins().counts.end(), 0.0);
}
}  // namespace

TEST_CASE("bins are appended") {
  tensorrt::magnitude_histogram h(4);
  const std::vector<float> first{0.5f, -1.0f, 4.0f}, second{9.5f, -0.5f};
  h.observe({first.data(), 1, 3});
  CHECK(h.bins().counts == std::vector<double>{1, 1, 0, 1});
  h.observe({second.data(), 1, 2});
  CHECK(h.bins().counts == std::vector<double>{2, 1, 0, 1, 0, 0, 0, 0, 0, 1});
  CHECK(h.bins().edges.size() == 11);
  CHECK(h.amax() == 9.5f);
  CHECK(h.count() == 5);
}

TEST_CASE("zeros wait for the first other value") {
  tensorrt::magnitude_histogram h(4), other(4), zeros(4);
  const std::vector<float> none(7, 0.0f), some{2.0f, 1.0f};
  h.observe({none.data(), 1, 7});
  h.observe({nullptr, 0, 7});
  CHECK(h.bins().counts.empty());
  h.observe({some.data(), 1, 2});
  CHECK(h.bins().counts == std::vector<double>{7, 0, 1, 1});
  zeros.observe({none.data(), 7, 1});
  other.observe({some.data(), 2, 1});
  tensorrt::magnitude_histogram a = zeros, b = other;
  a.merge(other);
  b.merge(zeros);
  CHECK(a.bins().counts == h.bins().counts);
  CHECK(b.bins().counts == h.bins().counts);
  zeros.merge(zeros);
  CHECK(zeros.count() == 14);
  zeros.observe({some.data(), 1, 2});
  CHECK(zeros.bins().counts[0] == 14.0);
}

TEST_CASE("shards keep the number of values, and bins of one width are exact") {
  const std::vector<batch> batches = some_batches();
  tensorrt::magnitude_histogram one(64), a(64), b(64), same_first(64);
  for (std::size_t i = 1; i < batches.size(); ++i) {
    one.observe(batches[i].view());
    (i % 2 == 0 ? a : b).observe(batches[i].view());
  }
  a.merge(b);
  CHECK(total(a) == static_cast<double>(a.count()));
  CHECK(total(one) == static_cast<double>(a.count()));
  CHECK(a.amax() == one.amax());
  tensorrt::magnitude_histogram c(64), d(64), twice(64);
  c.observe(batches[4].view());
  d.observe(batches[4].view());
  twice.observe(batches[4].view());
  twice.observe(batches[4].view());
  c.merge(d);
  c.merge(tensorrt::magnitude_histogram(64));
  CHECK(c.bins().counts == twice.bins().counts);
}

TEST_CASE("what is refused") {
  refuses_what_is_not_finite(tensorrt::magnitude_histogram{});
  CHECK_THROWS_WITH_AS(tensorrt::magnitude_histogram(1), doctest::Contains("magnitude_histogram: 1 bins"), error);
  tensorrt::magnitude_histogram h(64);
  CHECK_THROWS_WITH_AS(h.merge(tensorrt::magnitude_histogram(32)), doctest::Contains("of 64 and 32 bins"), error);
  const std::vector<float> small{1e-30f}, large{1.0f};
  h.observe({small.data(), 1, 1});
  CHECK_THROWS_WITH_AS(h.observe({large.data(), 1, 1}), doctest::Contains("a value of 1 needs"), error);
}
