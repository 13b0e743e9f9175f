// SPDX-License-Identifier: MIT
// Halftone tests: onnxruntime's histogram calibrators.
#include "golden.hpp"

#include <halftone/calibration/onnx_histogram.hpp>

#include <cmath>

using namespace calibration_test;

TEST_CASE("recorded ranges of onnxruntime") {
  const auto bins = [](const std::vector<double>& n) { return onnx::centered_histogram(static_cast<std::size_t>(n[0])); };
  check_recorded("onnx", "entropy", [&](const std::vector<double>& n) {
    return onnx::entropy_observer({.levels = static_cast<std::size_t>(n[1])}, bins(n));
  });
  check_recorded("onnx", "percentile", [&](const std::vector<double>& n) { return onnx::percentile_observer({.percent = n[1]}, bins(n)); });
}

TEST_CASE("streams, and values that are not finite") {
  keeps_the_laws(onnx::percentile_observer({.percent = 99.0}, onnx::centered_histogram(256)));
  refuses_what_is_not_finite(onnx::centered_histogram{});
}

TEST_CASE("bins are added at both ends, and shards keep the number of values") {
  onnx::centered_histogram h(4);
  const std::vector<float> first{-1.0f, 0.5f, 0.75f}, second{1.75f};
  h.observe({first.data(), 1, 3});
  CHECK(std::ranges::equal(h.counts(), std::vector<double>{1, 0, 0, 2}));
  h.observe({second.data(), 1, 1});
  CHECK(std::ranges::equal(h.counts(), std::vector<double>{0, 0, 1, 0, 0, 2, 0, 1}));
  CHECK(h.edges().back() == 2.0f);
  onnx::centered_histogram a(4), b(4);
  a.observe({second.data(), 1, 1});
  b.observe({first.data(), 1, 3});
  b.merge(a);
  a.merge(onnx::centered_histogram(4));
  CHECK(b.count() == 4);
  CHECK(std::accumulate(b.counts().begin(), b.counts().end(), 0.0) == 4.0);
  const std::vector<float> zeros(3, 0.0f);
  onnx::centered_histogram c(4);
  c.observe({zeros.data(), 1, 3});
  c.observe({first.data(), 1, 3});
  CHECK(c.edges().back() == 1.0f);
  CHECK(std::accumulate(c.counts().begin(), c.counts().end(), 0.0) == 6.0);
}

TEST_CASE("the least divergence of all windows") {
  onnx::centered_histogram h(301);
  const batch x(60, 50, 3);
  h.observe(x.view());
  const onnx::entropy search{.levels = 32};
  float least = std::numeric_limits<float>::infinity();
  std::size_t best = 0;
  for (std::size_t i = 16; i <= 150; ++i) {
    const float d = search.divergence(h.counts(), 150 - i, std::min<std::size_t>(150 + i + 1, 301));
    CHECK(d >= -1e-3f);
    if (d < least) {
      least = d;
      best = i;
    }
  }
  CHECK(search(h).max == minimum(h.edges()[std::min<std::size_t>(150 + best + 1, 301)], h.ends().max));
}

TEST_CASE("few bins, and what is refused") {
  onnx::entropy_observer few({.levels = 128}, onnx::centered_histogram(64));
  const std::vector<float> x{-3.0f, 1.0f};
  few.observe({x.data(), 1, 2});
  CHECK(same(few.range(), {-3.0f, 1.0f}));
  CHECK_THROWS_WITH_AS(onnx::centered_histogram(1), doctest::Contains("centered_histogram: 1 bins"), error);
  onnx::centered_histogram h(64);
  const std::vector<float> small{1e-30f}, large{1.0f};
  h.observe({small.data(), 1, 1});
  CHECK_THROWS_WITH_AS(h.observe({large.data(), 1, 1}), doctest::Contains("a value of 1 needs"), error);
  for (const double percent : {-1.0, 101.0}) {
    onnx::percentile_observer o({.percent = percent});
    o.observe({x.data(), 1, 2});
    CHECK_THROWS_WITH_AS((void)o.range(), doctest::Contains("onnx::percentile"), error);
  }
}
