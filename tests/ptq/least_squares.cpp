// SPDX-License-Identifier: MIT
// Halftone tests: alternating least squares is never worse than the range, nor than one group's best by brute force.
#include <halftone/ptq/least_squares.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <ptq/correlated.hpp>

#include <algorithm>

namespace {

using namespace halftone;

struct two_and_a_half {
  static constexpr std::array<float, 5> entries{-2.5f, -1.0f, 0.0f, 1.0f, 2.5f};
  static std::string name() { return "two_and_a_half"; }
};
using table = scheme<codebook<two_and_a_half>, symmetric, per_group<32>, stored_as<fp16>>;

/// Errors as the group is stored: of the range, and of least squares.
template <class Scheme>
std::pair<double, double> errors_of(std::span<const float> values, std::span<const float> importance) {
  const Scheme s{};
  const group_parameters plain = ptq::as_stored(min_max{}.fit(values, s), values, s);
  const group_parameters best = ptq::least_squares{}.fit(values, importance, s);
  CHECK(best == ptq::as_stored(best, values, s));
  return {ptq::weighted_error_of(values, importance, plain, s), ptq::weighted_error_of(values, importance, best, s)};
}

template <class Scheme>
void is_never_worse_than_the_range(double gain) {
  CAPTURE(Scheme::name());
  double plain = 0.0, best = 0.0;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const std::vector<float> values = correlated::gaussians(seed == 0 ? 1 : 32, seed);
    std::vector<float> importance = correlated::gaussians(values.size(), seed + 100);
    std::ranges::transform(importance, importance.begin(), [](float x) { return x * x; });
    for (const bool weighted : {false, true}) {
      const auto [range, found] = errors_of<Scheme>(values, weighted ? std::span<const float>(importance) : std::span<const float>());
      CHECK(found <= range);
      plain += range;
      best += found;
    }
  }
  MESSAGE(Scheme::name() << ": " << best / plain);
  CHECK(best < gain * plain);
}

TEST_CASE("least_squares: never worse than the range, and much better with few bits") {
  is_never_worse_than_the_range<scheme<int4, symmetric_signed_extreme, per_group<32>, stored_as<fp16>>>(0.9);
  is_never_worse_than_the_range<scheme<int3, symmetric, per_group<32>>>(0.7);
  is_never_worse_than_the_range<uint4_g32>(0.9);
  is_never_worse_than_the_range<scheme<uint2, float_offset, per_group<32>, stored_as<fp16>>>(0.6);
  is_never_worse_than_the_range<mxfp4>(1.001);
  is_never_worse_than_the_range<table>(0.8);
}

TEST_CASE("least_squares: near the best scale and offset of a fine grid") {
  using offset2 = scheme<uint2, float_offset, per_group<16>>;
  const offset2 s{};
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const std::vector<float> values = correlated::gaussians(16, seed);
    double least = 1e30;
    for (int i = 1; i <= 80; ++i) {
      for (int j = 0; j <= 80; ++j) {
        const group_parameters p{.scale = 0.025f * static_cast<float>(i), .offset = -3.0f + 0.05f * static_cast<float>(j)};
        least = std::min(least, ptq::weighted_error_of<offset2>(values, {}, p, s));
      }
    }
    CHECK(ptq::weighted_error_of<offset2>(values, {}, ptq::least_squares{}.fit(values, s), s) < 1.02 * least);
  }
}

TEST_CASE("least_squares: groups without a slope, extremes, and mappings of their own") {
  constexpr float largest = std::numeric_limits<float>::max();
  const std::vector<std::vector<float>> groups{{}, {0.0f, 0.0f}, {3.0f, 3.0f}, {-largest, largest}, {1e-45f, -1e-45f, 0.0f}};
  for (const std::vector<float>& values : groups) {
    const auto check = [&]<class Scheme>(const Scheme& s) {
      const group_parameters p = ptq::least_squares{}.fit(values, s);
      CHECK(ptq::can_be_stored<Scheme>(p));
      CHECK(ptq::weighted_error_of<Scheme>(values, {}, p, s) <=
            ptq::weighted_error_of<Scheme>(values, {}, ptq::as_stored(min_max{}.fit(values, s), values, s), s));
    };
    check(scheme<int4, symmetric, per_group<32>>{});
    check(scheme<uint4, asymmetric, per_group<32>>{});
    check(scheme<uint4, float_offset, per_group<32>>{});
  }
  const std::vector<float> values{0.5f, -1.0f, 2.0f};
  CHECK(ptq::least_squares{}.fit(values, float32{}) == group_parameters{});
  const std::vector<float> none(3);
  const scheme<int4, symmetric, per_group<32>> s{};
  CHECK(ptq::least_squares{}.fit(values, none, s) == ptq::least_squares{}.fit(values, s));
}

}  // namespace
