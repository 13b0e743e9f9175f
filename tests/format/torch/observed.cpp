// SPDX-License-Identifier: MIT
// Halftone tests: parameters of PyTorch's observers.
#include <halftone/format/torch/observed.hpp>

#include <doctest/doctest.h>

using namespace halftone;

TEST_CASE("affine: the range holds zero, the scale has a floor") {
  using full = torch::affine<>;
  CHECK(full::choose({-1.0f, 2.0f}, uint8{}) == group_parameters{.scale = 3.0f / 255.0f, .zero_point = 85});
  CHECK(full::choose({1.0f, 2.0f}, uint8{}) == group_parameters{.scale = 2.0f / 255.0f, .zero_point = 0});
  CHECK(full::choose({-2.0f, -1.0f}, int8{}) == group_parameters{.scale = 2.0f / 255.0f, .zero_point = 127});
  CHECK(full::choose({0.0f, 0.0f}, int8{}) == group_parameters{.scale = 0x1p-23f, .zero_point = -128});
  CHECK(torch::affine<-64, 63>::choose({-1.0f, 1.0f}, int8{}) == group_parameters{.scale = 2.0f / 127.0f, .zero_point = 0});
  CHECK(torch::affine<0, 127>::choose({-1.0f, 0.0f}, uint8{}) == group_parameters{.scale = 1.0f / 127.0f, .zero_point = 127});
  CHECK(torch::affine<0, 0, torch::scale_floor::smallest_normal>::choose({0.0f, 0.0f}, uint4{}).scale == 0x1p-126f);
  constexpr float most = std::numeric_limits<float>::max();
  CHECK(is_finite(full::choose({-most, most}, uint8{}).scale));
}

TEST_CASE("symmetric: half the steps") {
  CHECK(torch::symmetric<>::choose({-1.0f, 2.0f}, int8{}).scale == 2.0f / 127.5f);
  CHECK(torch::symmetric<-64, 63>::choose({-4.0f, 2.0f}, int8{}).scale == 4.0f / 63.5f);
  CHECK(torch::symmetric_unsigned<>::choose({-1.0f, 2.0f}, uint8{}) == group_parameters{.scale = 2.0f / 127.5f, .zero_point = 128});
  CHECK(torch::symmetric_unsigned<0, 101>::choose({-1.0f, 2.0f}, uint8{}).zero_point == 50);
  CHECK(torch::symmetric_no_clipping::choose({-8.0f, 6.0f}, int4{}).scale == 1.0f);
  CHECK(torch::symmetric_no_clipping::choose({-8.0f, 7.5f}, int4{}).scale == 7.5f / 7.0f);
}

TEST_CASE("names tell the ranges") {
  CHECK(torch::affine<>::name() == "torch_affine");
  CHECK(torch::symmetric<-64, 63>::name() == "torch_symmetric<-64,63>");
  CHECK(torch::symmetric_unsigned<>::name() == "torch_symmetric_unsigned");
  CHECK(torch::symmetric_no_clipping::name() == "torchao_symmetric_no_clipping");
  CHECK(torch::affine<0, 0, torch::scale_floor::smallest_normal>::name() == "torchao_affine");
}
