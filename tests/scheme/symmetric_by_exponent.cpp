// SPDX-License-Identifier: MIT
// Halftone tests: scales by exponents: the laws of mappings, and powers of two against logarithms. torchao's are compared in
// quantize/published_presets.cpp.
#include "mapping_laws.hpp"

#include <halftone/element/exponent.hpp>
#include <halftone/element/integer.hpp>
#include <halftone/element/tables.hpp>
#include <halftone/scheme/symmetric.hpp>
#include <halftone/scheme/symmetric_by_exponent.hpp>

namespace {

using namespace halftone;

struct whole {
  range operator()(range r) const { return r; }
};

/// floor(log2) of a positive number.
int exponent_of(double x) { return std::ilogb(x); }

template <class Element>
void floors_and_ceils(int emax) {
  const Element e{};
  std::size_t wrong = 0;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const float amax = std::ldexp(1.0f + random_unit(9, i), static_cast<int>(i % 230) - 110);
    const float a = i % 3 == 0 ? 0.0f : amax / 2;
    const range r = i % 2 == 0 ? range{-amax, a} : range{-a, amax};
    const float scale = symmetric_by_exponent::choose(r, e).scale;
    const int floor = exponent_of(static_cast<double>(amax)) - emax;
    wrong += e8m0_floor::decode(e8m0_floor::encode(scale)) != std::ldexp(1.0f, std::max(floor, -126));
    const int ceil = floor + (amax != std::ldexp(1.0f, floor + emax) ? 1 : 0);
    wrong += e8m0_ceil::decode(e8m0_ceil::encode(scale)) != std::ldexp(1.0f, std::max(ceil, -126));
  }
  CHECK(wrong == 0);
}

static_assert(mapping_for<symmetric_by_exponent, int8> && !mapping_for<symmetric_by_exponent, uint8>);
static_assert(mapping_for<symmetric_by_exponent, nf4> && !mapping_for<symmetric_by_rounded_exponent, nf4>);
static_assert(positive_scale<symmetric_by_exponent> && !positive_scale<symmetric_signed_extreme>);

}  // namespace

TEST_CASE("the laws of mappings hold") {
  laws::hold<symmetric_by_exponent, int4>(whole{});
  laws::hold<symmetric_by_exponent, int8>(whole{});
  laws::hold<symmetric_by_exponent, int8_narrow>(whole{});
}

TEST_CASE("scales are exponents less that of the largest level") {
  floors_and_ceils<fp8_e4m3fn>(8);
  floors_and_ceils<fp8_e5m2>(15);
  floors_and_ceils<fp6_e3m2>(4);
  floors_and_ceils<fp6_e2m3>(2);
  floors_and_ceils<fp4_e2m1>(2);
  floors_and_ceils<int8_narrow>(6);
}

TEST_CASE("what rounds up to the next power of two takes it") {
  const auto scale = [](float amax) { return symmetric_by_rounded_exponent::choose({-amax, 0.0f}, fp4_e2m1{}).scale; };
  CHECK(scale(6.0f) == 1.0f);
  CHECK(scale(6.99f) == 1.0f);
  CHECK(scale(7.0f) == 2.0f);
  CHECK(scale(8.0f) == 2.0f);
  CHECK(symmetric_by_rounded_exponent::choose({0.0f, 15.4f}, fp6_e2m3{}).scale == 2.0f);
  CHECK(symmetric_by_rounded_exponent::choose({0.0f, 15.5f}, fp6_e2m3{}).scale == 4.0f);
  CHECK(scale(std::numeric_limits<float>::max()) == 0x1p125f);  // no further than a float
}

TEST_CASE("zeros and tiny groups") {
  CHECK(symmetric_by_exponent::choose({0.0f, 0.0f}, fp4_e2m1{}).scale == 0.0f);
  CHECK(symmetric_by_rounded_exponent::choose({0.0f, 0.0f}, fp4_e2m1{}).scale == 0.0f);
  CHECK(symmetric_by_exponent::choose({0.0f, 0x1p-149f}, fp4_e2m1{}).scale == 0x1p-126f);
  CHECK(symmetric_by_exponent::name() == "symmetric_by_exponent");
  CHECK(symmetric_by_rounded_exponent::name() == "symmetric_by_rounded_exponent");
}
