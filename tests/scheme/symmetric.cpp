// SPDX-License-Identifier: MIT
// Halftone tests: the scales of mappings without zero point, by their formulas.
#include <halftone/core/random.hpp>
#include <halftone/element/codebook.hpp>
#include <halftone/element/integer.hpp>
#include <halftone/scheme/symmetric.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace {

float random_value(std::uint64_t seed, std::uint64_t i) { return halftone::random_unit(seed, i) * 8.0f - 4.0f; }

}  // namespace

TEST_CASE("symmetric divides the largest magnitude by the largest level, rounded once") {
  std::size_t wrong = 0;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const float a = random_value(1, i);
    const float b = random_value(2, i);
    const halftone::range r{std::min(a, b), std::max(a, b)};
    const float largest = std::max(std::abs(a), std::abs(b));
    wrong += halftone::symmetric::choose(r, halftone::int4{}).scale != largest / 7.0f ? 1u : 0u;
    wrong += halftone::symmetric::choose(r, halftone::int4_narrow{}).scale != largest / 7.0f ? 1u : 0u;
    wrong += halftone::symmetric::choose(r, halftone::int8{}).scale != largest / 127.0f ? 1u : 0u;
    wrong += halftone::symmetric::choose(r, halftone::int2{}).scale != largest ? 1u : 0u;
    wrong += halftone::symmetric::choose(r, halftone::runtime_codebook<1>{{-3.0f, 2.0f}}).scale != largest / 3.0f ? 1u : 0u;
  }
  CHECK(wrong == 0);
}

TEST_CASE("the signed extreme is exact and gives the scale the other sign") {
  std::size_t wrong = 0;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const float a = random_value(3, i);
    const float b = random_value(4, i);
    const halftone::range r{std::min(a, b), std::max(a, b)};
    const float extreme = std::abs(r.max) > std::abs(r.min) ? r.max : r.min;
    const float scale = halftone::symmetric_signed_extreme::choose(r, halftone::int4{}).scale;
    wrong += scale != -extreme / 8.0f || scale * -8.0f != extreme ? 1u : 0u;
  }
  CHECK(wrong == 0);
}

TEST_CASE("of two extremes of the same magnitude the negative one is meant") {
  CHECK(halftone::symmetric_signed_extreme::choose({-4.0f, 4.0f}, halftone::int4{}).scale == 0.5f);
  CHECK(halftone::symmetric_signed_extreme::choose({-3.0f, 4.0f}, halftone::int4{}).scale == -0.5f);
}

TEST_CASE("a group of zeros has scale zero, of either sign of zero") {
  for (const float zero : {0.0f, -0.0f}) {
    CHECK(halftone::symmetric::choose({zero, zero}, halftone::int8{}).scale == 0.0f);
    const float scale = halftone::symmetric_signed_extreme::choose({zero, zero}, halftone::int8{}).scale;
    CHECK(scale == 0.0f);
    CHECK_FALSE(std::signbit(scale));
  }
}

TEST_CASE("unscaled chooses no parameters") {
  CHECK(halftone::unscaled::choose({-3.0f, 9.0f}, halftone::int8{}) == halftone::group_parameters{});
}

TEST_CASE("names and equations") {
  CHECK(halftone::symmetric::name() == "symmetric");
  CHECK(halftone::symmetric_signed_extreme::name() == "symmetric_signed_extreme");
  CHECK(halftone::unscaled::name() == "unscaled");
  static_assert(halftone::symmetric::equation == halftone::equation::scaled &&
                halftone::unscaled::equation == halftone::equation::level_only);
}
