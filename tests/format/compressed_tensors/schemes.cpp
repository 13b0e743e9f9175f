// SPDX-License-Identifier: MIT
// Halftone tests: how compressed-tensors chooses scales and zero points.
#include <halftone/format/compressed_tensors/schemes.hpp>

#include <halftone/quantize/quantize.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace halftone;
namespace ct = halftone::compressed_tensors;

TEST_CASE("symmetric: half of the steps") {
  CHECK(ct::symmetric::choose({-15.0f, 1.0f}, int4{}).scale == 2.0f);
  CHECK(ct::symmetric::choose({0.0f, 0.0f}, int8{}).scale == 0x1p-23f);
  CHECK(ct::symmetric::choose({0.0f, 896.0f}, fp8_e4m3fn{}).scale == 2.0f);
}

TEST_CASE("asymmetric: the range holds zero; zeros alone have the zero point 0") {
  CHECK(ct::affine::choose({-7.0f, 8.0f}, int4{}) == group_parameters{.scale = 1.0f, .zero_point = -1});
  CHECK(ct::affine::choose({5.0f, 15.0f}, int4{}) == group_parameters{.scale = 1.0f, .zero_point = -8});
  CHECK(ct::affine::choose({-15.0f, -5.0f}, int4{}) == group_parameters{.scale = 1.0f, .zero_point = 7});
  CHECK(ct::affine::choose({0.0f, 0.0f}, int4{}) == group_parameters{.scale = 0x1p-23f, .zero_point = 0});
  constexpr float largest = std::numeric_limits<float>::max();
  CHECK(ct::affine::choose({-largest, largest}, int4{}).scale == largest / 15.0f);
}

TEST_CASE("sums with the zero point are rounded") {
  const std::vector<float> w{-7.0f, 8.0f, 0.5f, 1.5f};
  const auto q = quantize<ct::integers<int4, per_channel<0>, ct::affine>>({w.data(), 1, 4});
  CHECK((int4::level_of(q.code_at(0, 2)) == 0 && int4::level_of(q.code_at(0, 3)) == 0));  // -0.5 and 0.5
}

TEST_CASE("NVFP4's scale of the tensor divides") {
  CHECK(ct::global_divisor::choose({0.0f, 2.0f}, ct::fp8_block_scale{}).scale == 1344.0f);
  CHECK(ct::global_divisor::choose({-20.0f, 2.0f}, ct::fp8_block_scale{}).scale > 134.4f);  // (1 / 20) * 2688; 2688 / 20 is 134.4f
  CHECK(ct::global_divisor::choose({0.0f, 0.0f}, ct::fp8_block_scale{}).scale == 1.0f);
  CHECK(ct::global_divisor::choose({0.0f, 7e-36f}, ct::fp8_block_scale{}).scale == 1.0f);
  CHECK(ct::global_divisor::real(3.0f, {.scale = 7.0f}) == 3.0f / 7.0f);
  CHECK(ct::by_product_of_sixth::scaled(3.0f, ct::by_product_of_sixth::factor_of(7.0f)) == 3.5f);
  CHECK(ct::block_maximum::choose({-3.0f, 2.0f}, ct::fp4_code{}).scale == 3.0f);
  std::vector<float> w(48);
  w[0] = 6.0f;
  w[16] = -3.0f;
  const auto q = quantize<ct::nvfp4_blocks>({w.data(), 1, 48});
  CHECK((q.value_at(0, 0) == 6.0f && q.value_at(0, 16) == -3.0f && q.value_at(0, 40) == 0.0f));
  CHECK(q.scale_at(2) == 0.125f / 448.0f);
}

TEST_CASE("MXFP4's scales are powers of two of rounded maxima") {
  std::vector<float> w(64);
  w[0] = 6.9f;   // rounds to 6: 2^0
  w[32] = 7.1f;  // rounds to 8: 2^1
  const auto q = quantize<ct::mxfp4_blocks>({w.data(), 1, 64});
  CHECK((q.scale_at(0) == 1.0f && q.scale_at(1) == 2.0f && q.value_at(0, 0) == 6.0f && q.value_at(0, 32) == 8.0f));
}
