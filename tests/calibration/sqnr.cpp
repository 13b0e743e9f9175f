// SPDX-License-Identifier: MIT
// Halftone tests: the best ratio of signal to noise over all pairs of ends.
#include "streams.hpp"

#include <halftone/calibration/sqnr.hpp>
#include <halftone/scheme/presets.hpp>

using namespace calibration_test;

TEST_CASE("no pair of ends has less noise") {
  using four = scheme<uint4, asymmetric, per_tensor>;
  keeps_the_laws(sqnr_observer<four>({.steps = 6}));
  const batch x(1, 1500, 4);
  for (const double weight : {1.0, 3.0}) {
    const best_sqnr<four> search{.steps = 9, .beyond = weight};
    sqnr_observer<four> o(search);
    o.observe(x.view());
    const range whole = o.collector().ends();
    const auto noise = [&](range r) {
      const group_parameters p = four{}.mapping.choose(r, four{}.element);
      double sum = 0.0;
      for (const counted_bin& b : o.collector().bins()) {
        const std::vector<float> one{b.value()};
        sum += squared_error_of(one, p, four{}) * static_cast<double>(b.count) * (one[0] < r.min || one[0] > r.max ? weight : 1.0);
      }
      return sum;
    };
    const double least = noise(o.range());
    for (unsigned i = 0; i < 9; ++i) {
      for (unsigned j = 0; j < 9; ++j) {
        CHECK(least <= noise({search.end(whole.min, i), search.end(whole.max, j)}) * (1.0 + 1e-12));
      }
    }
  }
}

TEST_CASE("values of one sign") {
  using four = scheme<uint4, asymmetric, per_tensor>;
  sqnr_observer<four> o;
  const std::vector<float> x{1.0f, 2.0f, 3.0f};
  o.observe({x.data(), 1, 3});
  CHECK(o.range().min == 1.0f);
  CHECK(o.range().max > 2.0f);
}
