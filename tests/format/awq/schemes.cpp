// SPDX-License-Identifier: MIT
// Halftone tests: how AWQ's tool chooses scales and zero points.
#include <halftone/format/awq/schemes.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace halftone;

TEST_CASE("the range need not hold zero, and zero points are clamped") {
  CHECK(awq::affine::choose({-7.0f, 8.0f}, uint4{}) == group_parameters{.scale = 1.0f, .zero_point = 7});
  CHECK(awq::affine::choose({20.0f, 35.0f}, uint4{}) == group_parameters{.scale = 1.0f, .zero_point = 0});
  CHECK(awq::affine::choose({-35.0f, -20.0f}, uint4{}) == group_parameters{.scale = 1.0f, .zero_point = 15});
}

TEST_CASE("narrow and wide ranges") {
  constexpr float largest = std::numeric_limits<float>::max();
  CHECK(awq::affine::choose({0.25f, 0.25f}, uint4{}) == group_parameters{.scale = 1e-5f / 15.0f, .zero_point = 0});
  CHECK(awq::affine::choose({0.0f, 0.0f}, uint4{}).scale == 1e-5f / 15.0f);
  CHECK(awq::affine::choose({-largest, largest}, uint4{}).scale == largest / 15.0f);
}
