// SPDX-License-Identifier: MIT
// Halftone tests: which schemes TensorRT accepts, and what is said of others.
#include <halftone/format/target/tensorrt.hpp>

#include <halftone/format/tensorrt/schemes.hpp>
#include <halftone/scheme/asymmetric.hpp>

#include <doctest/doctest.h>

using namespace halftone;
using t = target::tensorrt;

static_assert(accepted_by<t, tensorrt::qdq_int8<>> && accepted_by<t, tensorrt::int8_symmetric<>>);
static_assert(target::tensorrt_imports<tensorrt::qdq_int8<>> && target::tensorrt_imports<tensorrt::qdq_fp8<>>);
static_assert(target::tensorrt_imports<tensorrt::int4_blocks_onnx<64>>);
static_assert(!target::tensorrt_imports<tensorrt::int8_symmetric<>> && !target::tensorrt_imports<tensorrt::int4_blocks<128>>);
static_assert(!target::tensorrt_imports<tensorrt::int4_reciprocal<>>);  // above zero, and not accepted
static_assert(accepted_by<t, scheme<int8_narrow, symmetric, per_channel<1>, stored_as<fp16>>>);
static_assert(accepted_by<t, tensorrt::fp8_scaled<>> && accepted_by<t, tensorrt::fp8_scaled<per_channel<0>>>);
static_assert(accepted_by<t, tensorrt::int4_blocks<128>> && accepted_by<t, tensorrt::int4_blocks_onnx<64>>);
static_assert(accepted_by<t, tensorrt::mxfp8> && accepted_by<t, tensorrt::nvfp4>);

TEST_CASE("TensorRT: what is said of other schemes") {
  CHECK(t::name() == "TensorRT");
  CHECK(why_not<t, scheme<uint8, asymmetric, per_tensor>>() == "TensorRT: elements are int8, fp8 e4m3, int4 and fp4 e2m1");
  CHECK(why_not<t, scheme<int8, asymmetric, per_tensor>>() ==
        "TensorRT: real numbers are scale * code; its importer refuses zero points other than 0");
  CHECK(why_not<t, tensorrt::int4_reciprocal<>>() == "TensorRT: real numbers are scale * code; its importer refuses zero points other than 0");
  CHECK(why_not<t, scheme<int4, symmetric_signed_extreme, per_group<128>>>() ==
        "TensorRT: scales are not negative, and this mapping may choose a negative one");
  CHECK(why_not<t, tensorrt::int8_symmetric<per_group<128>>>() == "TensorRT: int8 has one scale, or one for each channel");
  CHECK(why_not<t, tensorrt::int4_blocks<32>>() == "TensorRT: int4 has a scale for each block of 64 or 128 along k");
  CHECK(why_not<t, tensorrt::fp8_scaled<per_group<32>>>() ==
        "TensorRT: fp8 has one scale, one for each channel, or a power of two (e8m0) for 32 along k");
  CHECK(why_not<t, scheme<fp8_e4m3fn, symmetric, per_tensor, stored_as<e8m0_ceil>>>() ==
        "TensorRT: fp8 has one scale, one for each channel, or a power of two (e8m0) for 32 along k");
  CHECK(why_not<t, tensorrt::mxfp4<>>() == "TensorRT: fp4 has an fp8 e4m3 scale for 16 along k, under a float for the tensor");
  CHECK(why_not<t, scheme<int8, symmetric, per_tensor, stored_as<e8m0_ceil>>>() ==
        "TensorRT: scales of int8, int4 and fp8 are floats of 32 or 16 bits");
  CHECK(why_not<t, scheme<int4, symmetric, per_group<64>, quantized_again<scheme<uint8, asymmetric, per_group<8>>>>>() ==
        "TensorRT: scales of int8, int4 and fp8 are floats of 32 or 16 bits");
}
