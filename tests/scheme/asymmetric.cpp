// SPDX-License-Identifier: MIT
// Halftone tests: scales, zero points and offsets, by their formulas.
#include <halftone/core/random.hpp>
#include <halftone/scheme/asymmetric.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace {

halftone::range random_range(std::uint64_t i, float shift) {
  const float a = halftone::random_unit(1, i) * 8.0f - 4.0f + shift;
  const float b = halftone::random_unit(2, i) * 8.0f - 4.0f + shift;
  return {std::min(a, b), std::max(a, b)};
}

/// The published formula in double, with the scale rounded to float.
halftone::group_parameters by_formula(halftone::range r, int low, int high) {
  const auto scale = static_cast<float>((static_cast<double>(r.max) - static_cast<double>(r.min)) / (high - low));
  const double level = std::nearbyint(low - static_cast<double>(r.min) / static_cast<double>(scale));
  return {.scale = scale, .zero_point = static_cast<std::int32_t>(std::clamp<double>(level, low, high))};
}

template <class Element>
std::size_t wrong_parameters(float shift) {
  std::size_t wrong = 0;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const halftone::range r = random_range(i, shift);
    const halftone::range with_zero{std::min(r.min, 0.0f), std::max(r.max, 0.0f)};
    wrong += halftone::asymmetric::choose(r, Element{}) != by_formula(with_zero, Element::min, Element::max) ? 1u : 0u;
    wrong += halftone::asymmetric_unforced::choose(r, Element{}) != by_formula(r, Element::min, Element::max) ? 1u : 0u;
  }
  return wrong;
}

}  // namespace

TEST_CASE("asymmetric equals its formula on ranges around zero and beside it") {
  for (const float shift : {0.0f, 3.0f, -3.0f, 20.0f, -20.0f}) {
    CHECK(wrong_parameters<halftone::uint4>(shift) == 0);
    CHECK(wrong_parameters<halftone::uint8>(shift) == 0);
    CHECK(wrong_parameters<halftone::int4>(shift) == 0);
    CHECK(wrong_parameters<halftone::uint1>(shift) == 0);
  }
}

TEST_CASE("asymmetric maps real zero to an exact code") {
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const halftone::group_parameters p = halftone::asymmetric::choose(random_range(i, 2.0f), halftone::uint4{});
    CHECK(p.zero_point >= 0);
    CHECK(p.zero_point <= 15);
    CHECK(halftone::real_of_level<halftone::equation::scaled_zero_point>(static_cast<float>(p.zero_point), p) == 0.0f);
  }
}

TEST_CASE("a group of zeros has scale zero and the lowest level as zero point") {
  CHECK(halftone::asymmetric::choose({0, 0}, halftone::uint8{}) == halftone::group_parameters{.scale = 0, .zero_point = 0});
  CHECK(halftone::asymmetric::choose({0, 0}, halftone::int8{}) == halftone::group_parameters{.scale = 0, .zero_point = -128});
  CHECK(halftone::asymmetric_unforced::choose({0, 0}, halftone::uint8{}).scale == 0.0f);
}

TEST_CASE("a constant group is widened to hold zero where there is a zero point") {
  const halftone::group_parameters forced = halftone::asymmetric::choose({3, 3}, halftone::uint4{});
  CHECK(forced == halftone::group_parameters{.scale = 3.0f / 15.0f, .zero_point = 0});
  CHECK(halftone::asymmetric_unforced::choose({3, 3}, halftone::uint4{}) == forced);
  CHECK(halftone::asymmetric::choose({-3, -3}, halftone::uint4{}) ==
        halftone::group_parameters{.scale = 3.0f / 15.0f, .zero_point = 15});
}

TEST_CASE("unforced keeps the range's step and clamps the zero point") {
  const halftone::group_parameters p = halftone::asymmetric_unforced::choose({5.0f, 6.5f}, halftone::uint4{});
  CHECK(p.scale == 0.1f);
  CHECK(p.zero_point == 0);
  CHECK(halftone::asymmetric_unforced::choose({-6.5f, -5.0f}, halftone::uint4{}).zero_point == 15);
}

TEST_CASE("the offset is the real of level zero") {
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const halftone::range r = random_range(i, 5.0f);
    const halftone::group_parameters p = halftone::float_offset::choose(r, halftone::uint4{});
    CHECK(p.scale == static_cast<float>((static_cast<double>(r.max) - static_cast<double>(r.min)) / 15));
    CHECK(p.offset == r.min);  // unsigned elements: level 0 is the lowest
    const halftone::group_parameters q = halftone::float_offset::choose(r, halftone::int4{});
    CHECK(q.offset == std::fma(q.scale, 8.0f, r.min));
  }
}

TEST_CASE("a constant group is exact with an offset") {
  for (const float value : {0.1f, -7.3f, 0x1p-149f, 0x1.fffffep127f, 0.0f}) {
    const halftone::group_parameters p = halftone::float_offset::choose({value, value}, halftone::int8{});
    CHECK(p.scale == 0.0f);
    CHECK(halftone::real_of_level<halftone::equation::scaled_offset>(-128.0f, p) == value);
    CHECK(halftone::real_of_level<halftone::equation::scaled_offset>(127.0f, p) == value);
  }
}
