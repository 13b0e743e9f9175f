// SPDX-License-Identifier: MIT
// Halftone tests: rounding policies on all ties, their laws, and the mean of stochastic rounding.
#include <halftone/scheme/rounding.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

namespace {

double even(double x) { return std::nearbyint(x); }
double away(double x) { return std::round(x); }
double up(double x) { return std::floor(x + 0.5); }  // exact in double for floats below 2^22
double toward_zero(double x) { return std::trunc(x); }

/// Every tie within 2^12, its neighbours, and random numbers up to 2^22.
template <class Policy, class Truth>
std::size_t wrong_roundings(Truth&& truth) {
  std::size_t wrong = 0;
  const Policy policy{};
  const auto check = [&](float x) { wrong += policy.round(x, 0) != static_cast<float>(truth(static_cast<double>(x))) ? 1u : 0u; };
  for (int quarters = -4 * 4096; quarters <= 4 * 4096; ++quarters) {
    const float x = static_cast<float>(quarters) * 0.25f;
    check(x);
    check(std::nextafter(x, 1e9f));
    check(std::nextafter(x, -1e9f));
  }
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    check((halftone::random_unit(1, i) * 2.0f - 1.0f) * std::ldexp(1.0f, static_cast<int>(i % 60) - 38));
  }
  for (const float x : {4194303.0f, 4194303.5f, -4194303.5f, 4194302.5f, -4194302.5f, 0x1p-149f, -0x1p-149f}) {
    check(x);
  }
  return wrong;
}

/// round(i) == i, results are neighbours of the value, and a larger value never rounds lower.
template <class Policy>
void obeys_the_laws() {
  CAPTURE(Policy::name());
  const Policy policy{};
  std::size_t moved = 0;
  std::size_t far = 0;
  std::size_t falling = 0;
  for (std::uint64_t index = 0; index < 20; ++index) {
    float before = -1e9f;
    for (int i = -600; i <= 600; ++i) {
      const float x = static_cast<float>(i) / 7.0f;
      const float y = policy.round(x, index);
      far += y != std::floor(x) && y != std::ceil(x) ? 1u : 0u;
      falling += y < before ? 1u : 0u;
      before = y;
      moved += policy.round(static_cast<float>(i), index) != static_cast<float>(i) ? 1u : 0u;
    }
  }
  CHECK(moved == 0);
  CHECK(far == 0);
  CHECK(falling == 0);
}

/// A policy of the user's own.
struct round_down {
  static std::string name() { return "round_down"; }
  static float round(float x, std::uint64_t) noexcept { return std::floor(x); }
};
static_assert(halftone::rounding_policy<round_down>);
struct may_throw {
  static std::string name() { return "may_throw"; }
  static float round(float x, std::uint64_t) { return x; }
};
static_assert(!halftone::rounding_policy<may_throw> && !halftone::rounding_policy<int>);

}  // namespace

TEST_CASE("nearest_even settles every tie to the even level") { CHECK(wrong_roundings<halftone::nearest_even>(even) == 0); }
TEST_CASE("nearest_away settles every tie away from zero") { CHECK(wrong_roundings<halftone::nearest_away>(away) == 0); }
TEST_CASE("nearest_up settles every tie upward") { CHECK(wrong_roundings<halftone::nearest_up>(up) == 0); }
TEST_CASE("truncate goes toward zero") { CHECK(wrong_roundings<halftone::truncate>(toward_zero) == 0); }

TEST_CASE("every policy keeps the laws") {
  obeys_the_laws<halftone::nearest_even>();
  obeys_the_laws<halftone::nearest_away>();
  obeys_the_laws<halftone::nearest_up>();
  obeys_the_laws<halftone::truncate>();
  obeys_the_laws<halftone::stochastic<>>();
  obeys_the_laws<halftone::stochastic<12345>>();
  obeys_the_laws<round_down>();
}

TEST_CASE("stochastic rounding is unbiased") {
  // N independent roundings have a mean with deviation sqrt(f (1 - f) / N) <= 1 / (2 sqrt N); six deviations are allowed
  constexpr std::uint64_t count = 100'000;
  for (const float x : {0.25f, -0.25f, 3.5f, -7.9f, 0.01f, 100.66f}) {
    double sum = 0.0;
    for (std::uint64_t i = 0; i < count; ++i) {
      sum += static_cast<double>(halftone::stochastic<3>::round(x, i));
    }
    CAPTURE(x);
    CHECK(std::abs(sum / count - static_cast<double>(x)) < 6.0 / (2.0 * std::sqrt(static_cast<double>(count))));
  }
}

TEST_CASE("stochastic rounding is a function of seed and index") {
  std::size_t other_seed = 0;
  std::size_t other_index = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const float first = halftone::stochastic<1>::round(0.5f, i);
    CHECK(first == halftone::stochastic<1>::round(0.5f, i));
    other_seed += first != halftone::stochastic<2>::round(0.5f, i) ? 1u : 0u;
    other_index += first != halftone::stochastic<1>::round(0.5f, i + 1) ? 1u : 0u;
  }
  CHECK(other_seed > 400);  // fair coins differ 500 times of 1000, deviation 16
  CHECK(other_seed < 600);
  CHECK(other_index > 400);
  CHECK(other_index < 600);
}

TEST_CASE("names say the policy and the seed") {
  CHECK(halftone::nearest_even::name() == "nearest_even");
  CHECK(halftone::stochastic<7>::name() == "stochastic<7>");
}
