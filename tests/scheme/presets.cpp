// SPDX-License-Identifier: MIT
// Halftone tests: every preset is the scheme that its line says, and files keep its name.
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace halftone;

template <class Scheme>
void is(const std::string& name) {
  CHECK(Scheme::name() == "scheme<" + name + ">");
}

}  // namespace

// These names are in saved files: a change here is a change of the format.
TEST_CASE("presets of floats") {
  is<float32>("fp32,unscaled,per_tensor,nearest_even");
  is<float16>("fp16,unscaled,per_tensor,nearest_even");
  is<brain_float16>("bf16,unscaled,per_tensor,nearest_even");
}

TEST_CASE("presets of 8 bits") {
  is<int8_per_tensor>("int8_narrow,symmetric,per_tensor,nearest_even,stored_as<fp32>");
  is<int8_per_channel>("int8_narrow,symmetric,per_channel<0>,nearest_even,stored_as<fp32>");
  is<int8_g32>("int8_narrow,symmetric,per_group<32>,nearest_even,stored_as<fp16>");
  is<uint8_per_channel>("uint8,asymmetric,per_channel<0>,nearest_even,stored_as<fp32>");
}

TEST_CASE("presets of 2 to 6 bits") {
  is<int6_g32>("int6,symmetric_signed_extreme,per_group<32>,nearest_even,stored_as<fp16>");
  is<int5_g32>("int5,symmetric_signed_extreme,per_group<32>,nearest_even,stored_as<fp16>");
  is<int4_g32>("int4,symmetric_signed_extreme,per_group<32>,nearest_even,stored_as<fp16>");
  is<int4_g128>("int4,symmetric_signed_extreme,per_group<128>,nearest_even,stored_as<fp16>");
  is<int4_per_channel>("int4_narrow,symmetric,per_channel<0>,nearest_even,stored_as<fp32>");
  is<uint4_g32>("uint4,asymmetric,per_group<32>,nearest_even,stored_as<fp16>");
  is<uint4_g128>("uint4,asymmetric,per_group<128>,nearest_even,stored_as<fp16>");
  is<offset4_g32>("uint4,float_offset,per_group<32>,nearest_even,stored_as<fp16>,stored_as<fp16>");
  is<int3_g32>("int3,symmetric_signed_extreme,per_group<32>,nearest_even,stored_as<fp16>");
  is<uint3_g32>("uint3,float_offset,per_group<32>,nearest_even,stored_as<fp16>,stored_as<fp16>");
  is<int2_g32>("uint2,float_offset,per_group<32>,nearest_even,stored_as<fp16>,stored_as<fp16>");
}

TEST_CASE("presets of microscaling") {
  is<mxfp8_e4m3>("fp8_e4m3fn,symmetric_by_exponent,per_group<32>,nearest_even,stored_as<e8m0_floor>");
  is<mxfp8_e5m2>("fp8_e5m2,symmetric_by_exponent,per_group<32>,nearest_even,stored_as<e8m0_floor>");
  is<mxfp6_e3m2>("fp6_e3m2,symmetric_by_exponent,per_group<32>,nearest_even,stored_as<e8m0_floor>");
  is<mxfp6_e2m3>("fp6_e2m3,symmetric_by_exponent,per_group<32>,nearest_even,stored_as<e8m0_floor>");
  is<mxfp4>("fp4_e2m1,symmetric_by_exponent,per_group<32>,nearest_even,stored_as<e8m0_floor>");
  is<mxint8>("int8_narrow,symmetric_by_exponent,per_group<32>,nearest_even,stored_as<e8m0_floor>");
}

TEST_CASE("presets of other formats of 4 bits, and ternary ones") {
  is<nvfp4>("fp4_e2m1,symmetric,per_group<16>,nearest_even,"
            "quantized_again<scheme<fp8_e4m3fn,symmetric,per_tensor,nearest_even,stored_as<fp32>>>");
  is<nf4_g64>("codebook<nf4>,symmetric,per_group<64>,nearest_even,stored_as<fp32>");
  is<nf4_g64_double>("codebook<nf4>,symmetric,per_group<64>,nearest_even,quantized_again<scheme<codebook<dynamic8>,"
                     "centered_on_mean,flat_blocks<256>,nearest_even,stored_as<fp32>,stored_as<fp32>>>");
  is<ternary_g256>("int2_narrow,symmetric,per_group<256>,nearest_away,stored_as<fp16>");
  is<ternary_base3_g256>("ternary_base3,symmetric,per_group<256>,nearest_even,stored_as<fp16>");
  is<ternary_per_tensor>("int2_narrow,symmetric,per_tensor,nearest_even,stored_as<fp32>");
}

TEST_CASE("presets of activations") {
  is<int8_per_token>("int8_narrow,symmetric,per_token,nearest_even,stored_as<fp32>");
  is<int8_static>("int8,symmetric,per_tensor,nearest_even,stored_as<fp32>");
  is<uint8_static>("uint8,asymmetric,per_tensor,nearest_even,stored_as<fp32>");
}
