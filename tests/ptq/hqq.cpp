// SPDX-License-Identifier: MIT
// Halftone tests: HQQ moves the offset alone, and its error never rises.
#include <halftone/ptq/hqq.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <ptq/correlated.hpp>

#include <cmath>

namespace {

using namespace halftone;

/// mean |x - real|
template <class Scheme>
double mean_error(std::span<const float> values, const group_parameters& p) {
  const Scheme s{};
  double sum = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float real = s.real(s.element.decode(encode_value(values[i], p, Scheme::factor_of(p), s, i)), p);
    sum += std::abs(static_cast<double>(values[i]) - static_cast<double>(real));
  }
  return sum / static_cast<double>(values.size());
}

/// The published loop, in double, without an end.
group_parameters published(std::span<const float> x, group_parameters p, int iterations) {
  const double scale = static_cast<double>(p.scale);
  double zero = -static_cast<double>(p.offset) / scale, beta = 10.0, least = 1e30, best = zero;
  for (int i = 0; i <= iterations; ++i) {
    double errors = 0.0, sum = 0.0;
    for (const float value : x) {
      const double w = static_cast<double>(value), q = std::clamp(std::nearbyint(w / scale + zero), 0.0, 3.0);
      const double e = w - scale * (q - zero);
      const double kept = e == 0.0 ? 0.0 : std::max(std::abs(e) - std::pow(std::abs(e), -0.3) / beta, 0.0);
      errors += std::abs(e);
      sum += q - (w - std::copysign(kept, e)) / scale;
    }
    if (errors >= least) {
      break;
    }
    least = errors;
    best = zero;
    zero = sum / static_cast<double>(x.size());
    beta *= 1.01;
  }
  p.offset = static_cast<float>(-best * scale);
  return p;
}

TEST_CASE("hqq: the published steps; the scale stays, the error does not rise") {
  using offset2 = scheme<uint2, float_offset, per_group<64>>;
  std::size_t moved = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const std::vector<float> values = correlated::gaussians(64, seed);
    const group_parameters plain = min_max{}.fit(values, offset2{}), found = ptq::hqq{}.fit(values, offset2{});
    CHECK(found.scale == plain.scale);
    CHECK(mean_error<offset2>(values, found) <= mean_error<offset2>(values, plain));
    CHECK(found.offset == doctest::Approx(published(values, plain, 20).offset).epsilon(1e-4));
    moved += found.offset != plain.offset ? 1u : 0u;
    CHECK(ptq::hqq{.iterations = 0}.fit(values, offset2{}) == plain);
    const group_parameters stored = ptq::hqq{}.fit(values, offset4_g32{});
    CHECK(stored == ptq::as_stored(stored, values, offset4_g32{}));
  }
  CHECK(moved > 3);
}

TEST_CASE("hqq: groups without a slope") {
  using offset4 = scheme<uint4, float_offset, per_group<64>>;
  const std::vector<std::vector<float>> groups{{}, {0.0f}, {2.5f, 2.5f}, {-std::numeric_limits<float>::max(), std::numeric_limits<float>::max()}};
  for (const std::vector<float>& values : groups) {
    const group_parameters p = ptq::hqq{}.fit(values, offset4{});
    CHECK(is_finite(p.scale));
    CHECK(is_finite(p.offset));
  }
}

}  // namespace
