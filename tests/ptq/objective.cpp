// SPDX-License-Identifier: MIT
// Halftone tests: what estimators minimize is the error of the matrix that quantize makes.
#include <halftone/ptq/objective.hpp>
#include <halftone/reference/quantize.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <ptq/correlated.hpp>

#include <array>

namespace {

using namespace halftone;

template <class Scheme>
void is_the_error_of_the_matrix(group_parameters wanted) {
  CAPTURE(Scheme::name());
  const Scheme s{};
  const std::vector<float> values = correlated::gaussians(32, 4);
  const std::vector<float> importance = correlated::gaussians(32, 5);
  std::vector<float> squares(32);
  for (std::size_t i = 0; i < 32; ++i) {
    squares[i] = importance[i] * importance[i];
  }
  const std::array<group_parameters, 1> one{wanted};
  const auto q = reference::quantize<Scheme>(correlated::view(values, 32), given_parameters{one});
  const group_parameters p = ptq::as_stored(wanted, values, s);
  CHECK(p == q.parameters_at(0));
  double plain = 0.0, weighted = 0.0;
  for (std::size_t i = 0; i < 32; ++i) {
    const auto e = static_cast<double>(values[i] - q.value_at(0, i));
    plain += e * e;
    weighted += static_cast<double>(squares[i]) * (e * e);
  }
  CHECK(ptq::weighted_error_of<Scheme>(values, {}, p, s) == doctest::Approx(plain).epsilon(1e-12));
  CHECK(ptq::weighted_error_of<Scheme>(values, squares, p, s) == doctest::Approx(weighted).epsilon(1e-12));
}

TEST_CASE("objective: the error of the matrix that quantize makes") {
  is_the_error_of_the_matrix<uint4_g32>({.scale = 0.3f, .zero_point = 7});
  is_the_error_of_the_matrix<offset4_g32>({.scale = 0.3f, .offset = -2.1f});
  is_the_error_of_the_matrix<mxfp4>({.scale = 0.7f});
  is_the_error_of_the_matrix<scheme<fp4_e2m1, symmetric, per_group<32>, stored_as<e8m0_best>>>({.scale = 0.7f});
}

TEST_CASE("objective: the best of what can be stored, the first of equal ones") {
  using signed4 = scheme<int4, symmetric, per_group<4>>;
  const signed4 s{};
  const std::vector<float> values{1.0f, -1.0f, 0.0f, 2.0f};
  ptq::best_parameters<signed4> tried(values, {}, s);
  CHECK(tried.least() == std::numeric_limits<double>::infinity());
  group_parameters negative{.scale = -1.0f}, infinite{.scale = std::numeric_limits<float>::infinity()}, coarse{.scale = 3.0f},
      exact{.scale = 1.0f}, finer{.scale = 0.5f};
  CHECK_FALSE(tried.attempt(negative));
  CHECK_FALSE(tried.attempt(infinite));
  CHECK(tried.attempt(coarse));
  CHECK(tried.best() == coarse);
  CHECK(tried.attempt(exact));
  CHECK(tried.attempt(finer));
  CHECK(tried.best() == exact);
  CHECK(tried.least() == 0.0);
  using either_sign = scheme<int4, symmetric_signed_extreme, per_group<4>>;
  CHECK(ptq::can_be_stored<either_sign>(negative));
}

}  // namespace
