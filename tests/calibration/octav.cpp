// SPDX-License-Identifier: MIT
// Halftone tests: OCTAV's fixed point, near the minimum of its objective.
#include "streams.hpp"

#include <halftone/calibration/octav.hpp>

#include <cmath>

using namespace calibration_test;

namespace {

double objective(const std::vector<counted_bin>& bins, double s, double c) {
  double sum = 0.0;
  for (const counted_bin& b : bins) {
    const auto x = static_cast<double>(magnitude(b.value()));
    sum += static_cast<double>(b.count) * (x > s ? (x - s) * (x - s) : x > 0.0 ? c * s * s : 0.0);
  }
  return sum;
}

/// Sums of twelve numbers: nearly normal.
std::vector<float> bell(std::size_t count, bool one_sided) {
  std::vector<float> x(count);
  for (std::size_t i = 0; i < count; ++i) {
    float sum = -6.0f;
    for (std::size_t j = 0; j < 12; ++j) {
      sum += random_unit(7, 12 * i + j);
    }
    x[i] = one_sided ? std::abs(sum) : sum;
  }
  return x;
}

}  // namespace

TEST_CASE("a fixed point, and nearly the least of all clippings") {
  keeps_the_laws(octav_observer{});
  for (const bool one_sided : {false, true}) {
    const std::vector<float> x = bell(4000, one_sided);
    for (const unsigned bits : {2u, 3u, 4u, 8u}) {
      const octav search{.bits = bits};
      octav_observer o(search);
      o.observe({x.data(), 20, 200});
      const std::vector<counted_bin> bins = o.collector().bins();
      const auto s = static_cast<double>(o.range().max);
      CHECK(same(o.range(), {one_sided ? 0.0f : -o.range().max, o.range().max}));
      const double c = search.noise(one_sided);
      CHECK(octav::next(bins, s, c) == doctest::Approx(s).epsilon(1e-6));
      const double least = objective(bins, s, c);
      // A value that s passes adds c s^2, which the fixed point leaves out.
      for (int i = 1; i <= 1000; ++i) {
        CHECK(least <= objective(bins, 6.0 * i / 1000.0, c) * (bits == 2 ? 1.005 : 1.001));
      }
    }
  }
}

TEST_CASE("zeros, one value, bits") {
  octav_observer o;
  const std::vector<float> zeros(9, 0.0f), one{-2.0f};
  o.observe({zeros.data(), 1, 9});
  CHECK(same(o.range(), {0.0f, 0.0f}));
  octav_observer single;
  single.observe({one.data(), 1, 1});
  CHECK(same(single.range(), {-2.0f, -2.0f}));
  for (const unsigned bits : {0u, 17u}) {
    octav_observer wrong({.bits = bits});
    wrong.observe({one.data(), 1, 1});
    CHECK_THROWS_WITH_AS((void)wrong.range(), doctest::Contains("octav: "), error);
  }
}
