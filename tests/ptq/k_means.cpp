// SPDX-License-Identifier: MIT
// Halftone tests: the table is the best there is, by brute force over all ways to cut sorted values into runs.
#include <halftone/ptq/k_means.hpp>

#include <doctest/doctest.h>

#include <ptq/correlated.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace {

using namespace halftone;

double weight(const std::vector<float>& importance, std::size_t i) { return importance.empty() ? 1.0 : static_cast<double>(importance[i]); }

double error_of(const std::vector<float>& table, const std::vector<float>& values, const std::vector<float>& importance) {
  double sum = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    double least = 1e300;
    for (const float t : table) {
      const double e = static_cast<double>(values[i]) - static_cast<double>(t);
      least = std::min(least, e * e);
    }
    sum += weight(importance, i) * least;
  }
  return sum;
}

/// Every way to cut [begin, n) of sorted values into at most `count` runs.
double brute_force(const std::vector<float>& sorted, const std::vector<float>& importance, std::size_t begin, std::size_t count) {
  if (begin == sorted.size()) {
    return 0.0;
  }
  double least = 1e300;
  for (std::size_t end = count == 1 ? sorted.size() : begin + 1; end <= sorted.size(); ++end) {
    double w = 0.0, wx = 0.0, cost = 0.0;
    for (std::size_t i = begin; i < end; ++i) {
      w += weight(importance, i);
      wx += weight(importance, i) * static_cast<double>(sorted[i]);
    }
    for (std::size_t i = begin; i < end; ++i) {
      const double e = static_cast<double>(sorted[i]) - (w > 0.0 ? wx / w : 0.0);
      cost += weight(importance, i) * e * e;
    }
    least = std::min(least, cost + (end == sorted.size() ? 0.0 : brute_force(sorted, importance, end, count - 1)));
  }
  return least;
}

TEST_CASE("k_means: as good as brute force") {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const std::size_t n = 1 + seed;
    std::vector<float> values = correlated::gaussians(n, seed), importance = correlated::gaussians(n, seed + 50);
    if (seed % 3 == 0) {  // equal values
      std::ranges::transform(values, values.begin(), [](float x) { return std::nearbyint(x); });
    }
    std::ranges::sort(values);
    std::ranges::transform(importance, importance.begin(), [](float x) { return x < -0.5f ? 0.0f : x * x; });
    for (const std::size_t count : {1u, 2u, 3u, 4u, 16u}) {
      for (const std::vector<float>& w : {std::vector<float>(), importance}) {
        const std::vector<float> table = ptq::k_means(values, w, count);
        CHECK(table.size() == count);
        CHECK(std::ranges::is_sorted(table));
        CHECK(error_of(table, values, w) == doctest::Approx(brute_force(values, w, 0, count)).epsilon(1e-5).scale(1e-3));
      }
    }
  }
}

TEST_CASE("k_means: not worse than Lloyd's steps from a grid, in any order of values") {
  std::vector<float> values = correlated::gaussians(600, 3);
  const std::vector<float> table = ptq::k_means(values, {}, 16);
  std::vector<float> lloyd(16);
  for (std::size_t i = 0; i < 16; ++i) {
    lloyd[i] = -2.8f + 0.37f * static_cast<float>(i);
  }
  for (int step = 0; step < 60; ++step) {
    std::vector<double> sum(16), number(16);
    for (const float x : values) {
      const auto nearest = static_cast<std::size_t>(
          std::ranges::min_element(lloyd, {}, [&](float t) { return std::abs(t - x); }) - lloyd.begin());
      sum[nearest] += static_cast<double>(x);
      number[nearest] += 1.0;
    }
    for (std::size_t i = 0; i < 16; ++i) {
      lloyd[i] = number[i] > 0.0 ? static_cast<float>(sum[i] / number[i]) : lloyd[i];
    }
  }
  CHECK(error_of(table, values, {}) <= error_of(lloyd, values, {}) * 1.000001);
  std::ranges::reverse(values);
  CHECK(error_of(ptq::k_means(values, {}, 16), values, {}) == doctest::Approx(error_of(table, values, {})));
}

TEST_CASE("k_means: nothing, and what is refused") {
  CHECK(ptq::k_means({}, {}, 2) == std::vector<float>(2));
  const std::vector<float> one{5.0f}, two(2, 1.0f);
  CHECK(ptq::k_means(one, {}, 3) == std::vector<float>(3, 5.0f));
  CHECK_THROWS_WITH_AS(static_cast<void>(ptq::k_means(one, {}, 0)), "k_means: a table of 0 numbers", error);
  CHECK_THROWS_WITH_AS(static_cast<void>(ptq::k_means(one, two, 1)), "k_means: importance of 2 values for 1", error);
}

}  // namespace
