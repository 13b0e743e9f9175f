// SPDX-License-Identifier: MIT
// Halftone tests: what all observers share: parameters, estimators, threads.
#include "streams.hpp"

#include <halftone/calibration/fixed_range.hpp>
#include <halftone/calibration/min_max.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/scheme/presets.hpp>

using namespace calibration_test;

TEST_CASE("an observer becomes parameters by the mapping") {
  min_max_observer o;
  CHECK(parameters_of<min_max_observer, int8_per_token>(o) == int8_per_token{}.mapping.choose({0.0f, 0.0f}, int8_per_token{}.element));
  const std::vector<float> x{-1.0f, 0.5f, 2.0f};
  o.observe({x.data(), 1, 3});
  const int8_per_token s{};
  CHECK(parameters_of(o, s) == s.mapping.choose({-1.0f, 2.0f}, s.element));
}

TEST_CASE("an observer is an estimator of weights") {
  const batch w(4, 64, 1);
  const auto q = quantize<int4_g32>(w.view());
  const auto by_observer = quantize<int4_g32>(w.view(), observed_by<min_max_observer>{});
  CHECK(std::ranges::equal(q.codes(), by_observer.codes()));
  const auto fixed = quantize<int8_per_tensor>(w.view(), observed_by{fixed_range_observer({-127.0f, 127.0f})});
  CHECK(fixed.scale_at(0) == 1.0f);
}

TEST_CASE("threads that observe together") {
  batch b(30, 40, 3, 1.0f, 2);
  min_max_observer seen;
  seen.observe(b.view());
  CHECK_THROWS_WITH_AS((void)observe_together(seen, b.view(), context{}), doctest::Contains("has seen 1200 values"), error);
  CHECK_THROWS_WITH_AS((void)observe_together(min_max_observer{}, {nullptr, 2, 3}, context{}), doctest::Contains("observe_together: x is null"), error);
  CHECK(observe_together(min_max_observer{}, {nullptr, 0, 3}, context{}).count() == 0);
  b.values[17 * b.stride + 5] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH_AS((void)observe_together(min_max_observer{}, b.view(), context{}),
                       doctest::Contains("observe_together: value [17, 5] is inf"), error);
}

TEST_CASE("runs cover a batch") {
  for (const std::size_t gap : {0u, 3u}) {
    const batch b(5, 50, 4, 1.0f, gap);
    std::vector<float> seen;
    isa_detail::for_each_finite_run(b.view(), "test", 16, [&](const float* run, std::size_t count, range r) {
      CHECK(count <= 16);
      CHECK(same(r, range_of({run, count})));
      seen.insert(seen.end(), run, run + count);
    });
    std::vector<batch> one{b};
    CHECK(seen == all_values(one));
  }
}
