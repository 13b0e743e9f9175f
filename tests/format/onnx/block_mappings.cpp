// SPDX-License-Identifier: MIT
// Halftone tests: parameters of onnxruntime's block quantizers where ranges are strange.
#include <halftone/format/onnx/block_mappings.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace halftone;

TEST_CASE("symmetric: the larger end is exact, the smaller value of two, and zeros have minus zero") {
  CHECK(onnx::block_symmetric::choose({-2.0f, 4.0f}, int4{}).scale == -0.5f);
  CHECK(onnx::block_symmetric::choose({-4.0f, 4.0f}, int4{}).scale == 0.5f);
  CHECK(onnx::block_symmetric::choose({1.0f, 128.0f}, int8{}).scale == -1.0f);
  const float zero = onnx::block_symmetric::choose({0.0f, 0.0f}, int2{}).scale;
  CHECK(zero == 0.0f);
  CHECK(std::signbit(zero));
  CHECK(onnx::block_symmetric::name() == "onnx_block_symmetric");
}

TEST_CASE("asymmetric: ties of the zero point") {
  CHECK(onnx::block_asymmetric::choose({-0.5f, 14.5f}, uint4{}) == group_parameters{.scale = 1.0f, .zero_point = 1});
  CHECK(onnx::gather_asymmetric::choose({-0.5f, 14.5f}, uint4{}) == group_parameters{.scale = 1.0f, .zero_point = 0});
  CHECK(onnx::block_asymmetric::choose({-6.0f, -3.0f}, uint2{}) == group_parameters{.scale = 2.0f, .zero_point = 3});
  CHECK(onnx::block_asymmetric::choose({0.0f, 0.0f}, uint4{}) == group_parameters{.scale = 0.0f, .zero_point = 0});
  CHECK(onnx::gather_asymmetric::choose({0.0f, 0.0f}, uint4{}) == group_parameters{.scale = 0.0f, .zero_point = 8});
  constexpr float largest = std::numeric_limits<float>::max();
  CHECK(onnx::block_asymmetric::choose({-largest, largest}, uint4{}) == group_parameters{.scale = largest, .zero_point = 1});
  CHECK(onnx::block_asymmetric::name() == "onnx_block_asymmetric");
  CHECK(onnx::gather_asymmetric::name() == "onnx_gather_asymmetric");
}

TEST_CASE("rounding after the middle was added") {
  CHECK(onnx::away_after_adding<8>::round(-0.5f, 0) == 0.0f);
  CHECK(onnx::away_after_adding<8>::round(0.5f, 0) == 1.0f);
  CHECK(onnx::away_after_adding<2>::name() == "onnx_away_after_adding<2>");
  // The sum's own rounding, to a multiple of 2^-16 from 128 on, makes a tie.
  CHECK(onnx::away_after_adding<128>::round(0.5f - 0x1p-20f, 0) == 1.0f);
}
