// SPDX-License-Identifier: MIT
// Halftone tests: how GPTQ's tools choose scales and zero points.
#include <halftone/format/gptq/schemes.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace halftone;

TEST_CASE("asymmetric: the range holds zero") {
  CHECK(gptq::affine::choose({-1.0f, 2.0f}, uint2{}) == group_parameters{.scale = 1.0f, .zero_point = 1});
  CHECK(gptq::affine::choose({1.0f, 3.0f}, uint2{}) == group_parameters{.scale = 1.0f, .zero_point = 0});
  CHECK(gptq::affine::choose({-3.0f, -1.0f}, uint2{}) == group_parameters{.scale = 1.0f, .zero_point = 3});
  CHECK(gptq::affine::choose({0.0f, 0.0f}, uint4{}) == group_parameters{.scale = 2.0f / 15.0f, .zero_point = 7});
}

TEST_CASE("symmetric: the middle code; half of the range where nothing lies below zero") {
  CHECK(gptq::symmetric::choose({-1.0f, 1.5f}, uint2{}) == group_parameters{.scale = 1.0f, .zero_point = 2});
  CHECK(gptq::symmetric::choose({1.0f, 1.5f}, uint2{}) == group_parameters{.scale = 0.5f, .zero_point = 2});
  CHECK(gptq::symmetric::choose({-3.0f, -1.0f}, uint4{}) == group_parameters{.scale = 0.4f, .zero_point = 8});
  CHECK(gptq::symmetric::choose({0.0f, 0.0f}, uint8{}) == group_parameters{.scale = 2.0f / 255.0f, .zero_point = 128});
}

TEST_CASE("ranges at the ends of float") {
  constexpr float largest = std::numeric_limits<float>::max();
  CHECK(gptq::affine::choose({-largest, largest}, uint4{}).scale == largest / 15.0f);
  CHECK(gptq::affine::choose({0.0f, 0x1p-149f}, uint4{}).scale == std::numeric_limits<float>::min());
}
