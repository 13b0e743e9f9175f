// SPDX-License-Identifier: MIT
// Halftone tests: NumPy's histograms and sums. The conformance suite compares both over hundreds of streams.
#include "streams.hpp"

#include <halftone/calibration/numpy_arithmetic.hpp>

using namespace calibration_test;

TEST_CASE("sums of whole numbers are exact, whatever the length") {
  for (std::size_t n = 0; n < 3000; n += n < 300 ? 1 : 97) {
    std::vector<double> x(n);
    std::iota(x.begin(), x.end(), 1.0);
    CHECK(numpy::sum<double>(x) == static_cast<double>(n * (n + 1) / 2));
  }
}

TEST_CASE("a value is in the bin whose edges it lies between, the last with its end") {
  for (const std::size_t bins : {2u, 7u, 100u}) {
    const std::vector<float> edges = numpy::histogram_edges(-0.7f, 0.7f, bins);
    CHECK(edges.front() == -0.7f);
    CHECK(edges.back() == 0.7f);
    std::vector<float> x{-0.8f, 0.8f};
    for (const float e : edges) {
      x.insert(x.end(), {e, e * 0.9999999f, e * 1.0000001f});
    }
    std::vector<double> counts(bins), expected(bins);
    numpy::add_histogram(x.data(), x.size(), edges, counts);
    for (const float v : x) {
      for (std::size_t i = 0; i < bins; ++i) {
        expected[i] += v >= edges[i] && (v < edges[i + 1] || (i + 1 == bins && v == edges[bins])) ? 1.0 : 0.0;
      }
    }
    CHECK(counts == expected);
  }
}
