// SPDX-License-Identifier: MIT
// Halftone tests: the least squared error over all candidates, in plain loops.
#include "streams.hpp"

#include <halftone/calibration/mse.hpp>
#include <halftone/scheme/presets.hpp>

using namespace calibration_test;

TEST_CASE("no candidate has a smaller error") {
  using four = scheme<int4, symmetric, per_tensor>;
  keeps_the_laws(mse_observer<four>{});
  const batch x(1, 2000, 3);
  for (const unsigned steps : {0u, 10u, 100u}) {
    const least_mse<four> search{.steps = steps};
    mse_observer<four> o(search);
    o.observe(x.view());
    std::vector<float> middles;
    for (const counted_bin& b : o.collector().bins()) {
      middles.insert(middles.end(), b.count, b.value());
    }
    const auto error_of = [&](range r) { return squared_error_of(middles, four{}.mapping.choose(r, four{}.element), four{}); };
    const double least = error_of(o.range());
    for (unsigned i = 0; i <= steps; ++i) {
      CHECK(least <= error_of(search.candidate(o.collector().ends(), i)) * (1.0 + 1e-12));
    }
    // Of the values themselves: bins are 2^-10 wide.
    CHECK(squared_error_of(x.values, four{}.mapping.choose(o.range(), four{}.element), four{}) == doctest::Approx(least).epsilon(0.01));
  }
}

TEST_CASE("errors of values in the range and beyond it") {
  using eight = scheme<int8, symmetric, per_tensor>;
  value_counts counts;
  const std::vector<float> x{1.0f, 1.0f, -3.0f};
  counts.observe({x.data(), 1, 3});
  const counted_errors errors = errors_of(counts.bins(), {-1.0f, 1.0f}, eight{});
  CHECK(errors.beyond == doctest::Approx(4.0).epsilon(0.02));
  CHECK(errors.covered < 1e-4);
}
