// SPDX-License-Identifier: MIT
// Halftone tests: ModelOpt's searches: recorded ranges, and minima over all candidates in plain loops.
#include "golden.hpp"

#include <halftone/calibration/tensorrt_searches.hpp>

#include <cmath>

using namespace calibration_test;

TEST_CASE("recorded ranges of ModelOpt") {
  const auto bins = [](const std::vector<double>& n) { return tensorrt::magnitude_histogram(static_cast<std::size_t>(n[0])); };
  check_recorded("torch", "entropy", [&](const std::vector<double>& n) {
    return tensorrt::entropy_observer({.stride = static_cast<std::size_t>(n[1])}, bins(n));
  });
  check_recorded("torch", "least_squares", [&](const std::vector<double>& n) {
    return tensorrt::least_squares_observer({.stride = static_cast<std::size_t>(n[1])}, bins(n));
  });
  check_recorded("torch", "percentile", [&](const std::vector<double>& n) { return tensorrt::percentile_observer({.percent = n[1]}, bins(n)); });
}

TEST_CASE("streams") {
  keeps_the_laws(tensorrt::percentile_observer({.percent = 99.0}, tensorrt::magnitude_histogram(256)));
  keeps_the_laws(tensorrt::least_squares_observer({.stride = 50}, tensorrt::magnitude_histogram(256)));
}

TEST_CASE("the least of all candidates") {
  tensorrt::magnitude_histogram h(200);
  const batch x(40, 50, 3);
  h.observe(x.view());
  std::vector<double> bins = h.bins().counts;
  bins[0] = bins[1];
  const tensorrt::entropy search{.bits = 5, .start = 40};
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 40; i <= bins.size(); ++i) {
    // The same divergence, level by level.
    std::vector<double> p(bins.begin(), bins.begin() + static_cast<std::ptrdiff_t>(i)), q(i);
    for (std::size_t level = 0; level < 16; ++level) {
      double sum = 0.0, full = 0.0;
      const auto in_level = [&](std::size_t j) { return j * 16 / i == level; };
      for (std::size_t j = 0; j < i; ++j) {
        sum += in_level(j) ? bins[j] : 0.0;
        full += in_level(j) && bins[j] > 0.0 ? 1.0 : 0.0;
      }
      for (std::size_t j = 0; j < i; ++j) {
        q[j] += in_level(j) && bins[j] > 0.0 ? sum / full : 0.0;
      }
    }
    for (std::size_t j = i; j < bins.size(); ++j) {
      p.back() += bins[j];
    }
    const double all_p = std::accumulate(p.begin(), p.end(), 0.0), all_q = std::accumulate(q.begin(), q.end(), 0.0);
    double divergence = 0.0;
    for (std::size_t j = 0; j < i; ++j) {
      divergence += p[j] == 0.0 ? 0.0 : q[j] == 0.0 ? std::numeric_limits<double>::infinity()
                                                    : p[j] / all_p * std::log(p[j] / all_p / (q[j] / all_q));
    }
    if (std::isfinite(divergence)) {
      CHECK(search.divergence(bins, i) == doctest::Approx(divergence).epsilon(1e-9));
    } else {
      CHECK(search.divergence(bins, i) == divergence);
    }
    least = std::min(least, divergence);
  }
  const range r = search(h);
  const auto at = std::ranges::find(h.bins().edges, r.max) - h.bins().edges.begin();
  CHECK(search.divergence(bins, static_cast<std::size_t>(at)) == doctest::Approx(least).epsilon(1e-9));

  const tensorrt::least_squares squares{.bits = 4, .start = 20};
  const std::vector<float> middles = squares.middles_of(h.bins());
  const float best = squares.squared_error(h.bins(), middles, squares(h).max);
  for (std::size_t i = 20; i < middles.size(); ++i) {
    double error = 0.0;
    for (std::size_t j = 0; j < middles.size(); ++j) {
      const double scale = static_cast<double>(middles[i]) / 7.0;
      const double level = std::min(std::nearbyint(static_cast<double>(middles[j]) / scale), 7.0);
      error += std::pow(level * scale - static_cast<double>(middles[j]), 2.0) * h.bins().counts[j] / static_cast<double>(middles.size());
    }
    CHECK(static_cast<double>(best) <= error * (1.0 + 1e-5));
  }
}

TEST_CASE("few bins, zeros, values far from zero") {
  tensorrt::entropy_observer entropy({}, tensorrt::magnitude_histogram(64));
  tensorrt::least_squares_observer squares({}, tensorrt::magnitude_histogram(64));
  const std::vector<float> x{-3.0f, 1.0f};
  entropy.observe({x.data(), 1, 2});
  squares.observe({x.data(), 1, 2});
  CHECK(same(entropy.range(), {-3.0f, 3.0f}));
  CHECK(same(squares.range(), {-3.0f, 3.0f}));
  tensorrt::percentile_observer percentile;
  const std::vector<float> zeros(5, 0.0f);
  percentile.observe({zeros.data(), 1, 5});
  CHECK(same(percentile.range(), {0.0f, 0.0f}));
  tensorrt::entropy_observer far({.stride = 64});
  const std::vector<float> high{9.0f, 9.5f, 10.0f};
  far.observe({high.data(), 1, 3});
  CHECK(far.range().max < 9.0f);  // as ModelOpt
}

TEST_CASE("what is no percentage") {
  const std::vector<float> x{1.0f};
  for (const double percent : {-1.0, 101.0}) {
    tensorrt::percentile_observer o({.percent = percent});
    o.observe({x.data(), 1, 1});
    CHECK_THROWS_WITH_AS((void)o.range(), doctest::Contains("tensorrt::percentile"), error);
  }
}
