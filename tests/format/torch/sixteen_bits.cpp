// SPDX-License-Identifier: MIT
// Halftone tests: torchao's rules for weights of 16 bits.
#include <halftone/format/torch/sixteen_bits.hpp>

#include "golden.hpp"

using namespace halftone;

TEST_CASE("recorded matrices of bfloat16 and float16") {
  torch_test::check_recorded<torch::ao_asymmetric_in<bf16, uint4, per_group<16>>>("bf16_ASYMMETRIC");
  torch_test::check_recorded<torch::ao_symmetric_in<bf16, int4, per_group<16>>>("bf16_SYMMETRIC");
  torch_test::check_recorded<torch::ao_symmetric_no_clipping_in<bf16, int4, per_group<16>>>("bf16_SYMMETRIC_NO_CLIPPING_ERR");
  torch_test::check_recorded<torch::ao_asymmetric_in<fp16, uint4, per_group<16>>>("fp16_ASYMMETRIC");
  torch_test::check_recorded<torch::ao_symmetric_in<fp16, int4, per_group<16>>>("fp16_SYMMETRIC");
  torch_test::check_recorded<torch::ao_symmetric_no_clipping_in<fp16, int4, per_group<16>>>("fp16_SYMMETRIC_NO_CLIPPING_ERR");
}

TEST_CASE("scales, reciprocals and products are rounded, and scales have a floor") {
  using scheme = torch::ao_symmetric_in<fp16, int4, per_tensor>;
  CHECK(scheme::mapping_type::choose({-1.0f, 0.0f}, int4{}).scale == fp16::decode(fp16::encode(1.0f / 7.5f)));
  CHECK(scheme::mapping_type::choose({0.0f, 0.0f}, int4{}).scale == 0x1p-14f);
  CHECK(torch::affine_in<bf16>::choose({0.0f, 0.0f}, uint8{}).scale == 0x1p-126f);
  CHECK(torch::by_reciprocal_in<bf16>::factor_of(3.0f) == bf16::decode(bf16::encode(1.0f / 3.0f)));
  CHECK(torch::by_reciprocal_in<bf16>::scaled(3.0f, 0.333984375f) > 1.0f);
  CHECK(torch::nearest_even_in<bf16>::round(2.501f, 0) == 2.0f);  // 2.5 in 16 bits: a tie
  CHECK(nearest_even::round(2.501f, 0) == 3.0f);
  CHECK(torch::nearest_even_in<bf16>::name() == "torchao_nearest_even_in<bf16>");
  CHECK(scheme::mapping_type::name() == "torchao_symmetric_in<fp16>");
  CHECK(torch::affine_in<bf16>::name() == "torchao_affine_in<bf16>");
  CHECK(torch::by_reciprocal_in<bf16>::name() == "torchao_by_reciprocal_in<bf16>");
}
