// SPDX-License-Identifier: MIT
// Halftone tests: clipping in any norm is the best of its grid, and never worse than the range in that norm.
#include <halftone/ptq/norm_clip.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <ptq/correlated.hpp>

#include <algorithm>
#include <cmath>

namespace {

using namespace halftone;

template <class Scheme>
void is_the_best_of_its_grid(float norm) {
  const Scheme s{};
  const ptq::norm_clip clip{.grid = 20, .steps = 15, .norm = norm};
  double whole = 0.0, best = 0.0;
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const std::vector<float> values = correlated::gaussians(32, seed);
    std::vector<float> importance(seed % 2 == 0 ? 0 : 32);
    for (std::size_t i = 0; i < importance.size(); ++i) {
      importance[i] = static_cast<float>(i % 5);
    }
    const auto error = [&](float factor) {
      const range r = range_of(values);
      const group_parameters p = ptq::as_stored(s.mapping.choose({r.min * factor, r.max * factor}, s.element), values, s);
      double sum = 0.0;
      for (std::size_t i = 0; i < 32; ++i) {
        const float real = s.real(s.element.decode(encode_value(values[i], p, Scheme::factor_of(p), s, i)), p);
        sum += (importance.empty() ? 1.0 : static_cast<double>(importance[i])) * std::pow(std::abs(static_cast<double>(values[i] - real)), static_cast<double>(norm));
      }
      return sum;
    };
    double least = 1e30;
    for (int i = 0; i <= 15; ++i) {
      least = std::min(least, error(1.0f - static_cast<float>(i) / 20.0f));
    }
    const group_parameters found = clip.fit(values, importance, s);
    CHECK(clip.error_of(values, importance, found, s) == doctest::Approx(least).epsilon(1e-9));
    whole += error(1.0f);
    best += least;
  }
  CHECK(best < whole);
}

TEST_CASE("norm_clip: the best of its grid, never worse than the range") {
  for (const float norm : {2.4f, 2.0f, 1.0f, 0.7f}) {
    is_the_best_of_its_grid<scheme<int3, symmetric, per_group<32>, stored_as<fp16>>>(norm);
    is_the_best_of_its_grid<uint4_g32>(norm);
  }
  const std::vector<float> values{0.0f, 0.0f};
  CHECK(ptq::norm_clip{}.fit(values, uint4_g32{}) == min_max{}.fit(values, uint4_g32{}));
}

}  // namespace
