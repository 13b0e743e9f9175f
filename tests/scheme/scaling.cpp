// SPDX-License-Identifier: MIT
// Halftone tests: scaling policies, and rounding with the zero point, in the code of a value.
#include <halftone/scheme/presets.hpp>
#include <halftone/scheme/estimator.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace halftone;

namespace {

/// A policy of the user's own: in double, rounded once.
struct by_exact_division {
  static std::string name() { return "by_exact_division"; }
  static float factor_of(float scale) noexcept { return scale; }
  static float scaled(float x, float factor) noexcept {
    return static_cast<float>(static_cast<double>(x) / static_cast<double>(factor));
  }
};
static_assert(scaling_policy<by_reciprocal> && scaling_policy<by_division> && scaling_policy<by_exact_division>);
static_assert(!scaling_policy<nearest_even> && !rounding_policy<by_division> && !scaling_policy<int>);

using divided = scheme<int8, symmetric, per_tensor, by_division>;
using multiplied = scheme<int8, symmetric, per_tensor>;
static_assert(std::is_same_v<multiplied::scaling_type, by_reciprocal> && std::is_same_v<divided::scaling_type, by_division>);

template <class Scheme>
int level(float x, const group_parameters& p) {
  return Scheme::element_type::level_of(encode_value(x, p, Scheme::factor_of(p), Scheme{}, 0));
}

}  // namespace

TEST_CASE("a quotient and a product with the reciprocal differ at ties") {
  const group_parameters p{.scale = 0.00214854861f};
  CHECK(level<scheme<int16, symmetric, per_tensor, by_division>>(0.273939937f, p) == 127);
  CHECK(level<scheme<int16, symmetric, per_tensor>>(0.273939937f, p) == 128);
}

TEST_CASE("by_division is the quotient rounded once, of every scale but zero") {
  for (const float scale : {1.0f, 3.0f, -0.7f, 1e-38f, 0x1p-149f, -0x1p-140f, std::numeric_limits<float>::max()}) {
    for (const float x : {0.0f, 1.0f, -5.5f, 1e-44f, -3e38f, 7e-39f}) {
      CAPTURE(scale);
      CAPTURE(x);
      CHECK(by_division::scaled(x, by_division::factor_of(scale)) == static_cast<float>(static_cast<double>(x) / static_cast<double>(scale)));
    }
  }
  CHECK(level<divided>(1e-40f, {.scale = 0x1p-135f}) == std::lround(1e-40f / 0x1p-135f));
  CHECK(level<multiplied>(1e-40f, {.scale = 0x1p-135f}) == 0);
  for (const float zero : {0.0f, -0.0f}) {
    CHECK(level<divided>(3.0f, {.scale = zero}) == 0);
    CHECK(level<multiplied>(3.0f, {.scale = zero}) == 0);
  }
  CHECK(level<divided>(std::numeric_limits<float>::infinity(), {.scale = 1.0f}) == 127);
  CHECK(level<divided>(std::numeric_limits<float>::quiet_NaN(), {.scale = 1.0f}) == 0);
}

TEST_CASE("a scaling policy of the user's own") {
  using own = scheme<int8, symmetric, per_tensor, by_exact_division, nearest_away>;
  CHECK(own::name() == "scheme<int8,symmetric,per_tensor,nearest_away,by_exact_division,stored_as<fp32>>");
  CHECK(level<own>(2.5f, {.scale = 1.0f}) == 3);
  CHECK(multiplied::name() == "scheme<int8,symmetric,per_tensor,nearest_even,stored_as<fp32>>");
}

TEST_CASE("with_zero_point rounds the sum: ties go where the zero point says") {
  using before = scheme<uint8, asymmetric, per_tensor, with_zero_point<nearest_even>>;
  using after = scheme<uint8, asymmetric, per_tensor>;
  CHECK(before::name() == "scheme<uint8,asymmetric,per_tensor,with_zero_point<nearest_even>,stored_as<fp32>>");
  CHECK(level<before>(0.5f, {.scale = 1.0f, .zero_point = 1}) == 2);
  CHECK(level<after>(0.5f, {.scale = 1.0f, .zero_point = 1}) == 1);
  CHECK(level<before>(0.5f, {.scale = 1.0f, .zero_point = 2}) == 2);

  using away = scheme<uint4, asymmetric, per_tensor, with_zero_point<nearest_away>>;
  CHECK(level<away>(-0.5f, {.scale = 1.0f, .zero_point = 8}) == 8);
  CHECK(level<scheme<uint4, asymmetric, per_tensor, nearest_away>>(-0.5f, {.scale = 1.0f, .zero_point = 8}) == 7);
  // The sum is a float: what it cannot hold is rounded before.
  CHECK(level<away>(0x1.fffffep-2f, {.scale = 1.0f, .zero_point = 8}) == 9);

  for (const int zero : {0, 3, 15}) {
    CHECK(level<away>(1e30f, {.scale = 1.0f, .zero_point = zero}) == 15);
    CHECK(level<away>(-1e30f, {.scale = 1.0f, .zero_point = zero}) == 0);
    CHECK(level<away>(std::numeric_limits<float>::quiet_NaN(), {.scale = 1.0f, .zero_point = zero}) == zero);
  }
  // Without a zero point, the rounding is what it wraps.
  CHECK(level<scheme<int4, symmetric, per_tensor, with_zero_point<nearest_away>>>(-0.5f, {.scale = 1.0f}) == -1);
}
