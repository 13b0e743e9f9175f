// SPDX-License-Identifier: MIT
// Halftone tests: scales of torchao's NVFP4 blocks.
#include <halftone/format/torch/microscaling.hpp>

#include <doctest/doctest.h>

using namespace halftone;

TEST_CASE("scales of NVFP4 blocks stay normal numbers of fp8") {
  using rule = torch::nvfp4_block;
  CHECK(rule::choose({-12.0f, 3.0f}, fp4_e2m1{}).scale == 2.0f);
  CHECK(rule::choose({0.0f, 0.0f}, fp4_e2m1{}).scale == 0x1p-6f);
  CHECK(rule::choose({0.0f, 1e20f}, fp4_e2m1{}).scale == 448.0f);
  CHECK(rule::name() == "torchao_nvfp4_block");
}
