// SPDX-License-Identifier: MIT
// Parameters and levels of one scheme in another: values worked out by hand.
#include <halftone/scheme/level_map.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

using namespace halftone;

namespace {
template <class From, class To>
std::optional<moved_parameters> moved(const group_parameters& p) {
  const From from;
  const To to;
  return level_map<From, To>(from, to).move(p);
}
using offset8 = scheme<uint8, float_offset, per_tensor>;
using offset_signed = scheme<int8, float_offset, per_tensor>;
using zero8 = scheme<uint8, asymmetric, per_tensor>;
using signed8 = scheme<int8, symmetric, per_tensor>;
using powers = scheme<int8, symmetric_by_exponent, per_tensor, stored_as<e8m0_floor>>;
}  // namespace

TEST_CASE("level_map: zero points") {
  const auto m = moved<signed8, zero8>({.scale = 0.5f});
  REQUIRE(m);
  CHECK(m->parameters == group_parameters{.scale = 0.5f, .zero_point = 128});
  CHECK(level_map<signed8, zero8>::level(-128.0f, *m) == 0.0f);
  const auto back = moved<zero8, signed8>({.scale = 0.5f, .zero_point = 128});
  REQUIRE(back);
  CHECK(level_map<zero8, signed8>::level(255.0f, *back) == 127.0f);
}

TEST_CASE("level_map: offsets") {
  const auto m = moved<zero8, offset8>({.scale = 0.5f, .zero_point = 3});
  REQUIRE(m);
  CHECK(m->parameters == group_parameters{.scale = 0.5f, .offset = -1.5f});
  const auto back = moved<offset8, zero8>({.scale = 0.5f, .offset = -1.5f});
  REQUIRE(back);
  CHECK(back->parameters == group_parameters{.scale = 0.5f, .zero_point = 3});
  CHECK_FALSE(moved<offset8, zero8>({.scale = 0.5f, .offset = -1.6f}));   // no whole number of steps
  CHECK_FALSE(moved<offset8, zero8>({.scale = 0.5f, .offset = -200.0f}));  // 400 is no level
  CHECK_FALSE(moved<offset8, zero8>({.scale = 0.0f, .offset = 1.0f}));
  CHECK(moved<offset8, signed8>({.scale = 0.0f, .offset = 0.0f})->factor == 0.0f);
  const auto lower = moved<offset8, offset_signed>({.scale = 0.5f, .offset = 1.0f});
  REQUIRE(lower);
  CHECK(lower->shift == -128.0f);
  CHECK(lower->parameters.offset == 65.0f);
  CHECK_FALSE(moved<offset8, offset_signed>({.scale = 1.0f, .offset = 0x1p-20f}));  // the sum is no float
  CHECK_FALSE(moved<signed8, offset8>({.scale = 3e38f}));                            // the offset is none
}

TEST_CASE("level_map: factors and signs") {
  const auto doubled = moved<mxfp4, signed8>({.scale = 2.0f});
  REQUIRE(doubled);
  CHECK(doubled->factor == 2.0f);
  CHECK(doubled->parameters.scale == 1.0f);
  CHECK_FALSE(moved<mxfp4, signed8>({.scale = 0x1p-149f}));  // half of the smallest number
  CHECK(moved<signed8, powers>({.scale = -2.0f})->factor == -1.0f);
}

TEST_CASE("level_map: what types tell") {
  CHECK(level_map<int4_g32, float32>::holds_reals);
  CHECK(level_map<int4_g32, int4_g128>::same_elements);
  CHECK_FALSE(level_map<int4_g32, int8_g32>::same_elements);
  CHECK_FALSE(level_map<int4_g32, uint4_g32>::same_levels);
  CHECK(detail::holds_level(int4{}, -8.0f));
  CHECK_FALSE(detail::holds_level(int4{}, 7.5f));
  CHECK_FALSE(detail::holds_level(fp4_e2m1{}, 5.0f));
}
