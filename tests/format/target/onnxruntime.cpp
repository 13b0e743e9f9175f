// SPDX-License-Identifier: MIT
// Halftone tests: which schemes ONNX Runtime accepts, and what is said of others.
#include <halftone/format/target/onnxruntime.hpp>

#include <halftone/format/bitsandbytes/schemes.hpp>
#include <halftone/format/onnx/nbits.hpp>
#include <halftone/format/onnx/schemes.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

using namespace halftone;
using t = target::onnxruntime;

static_assert(accepted_by<t, onnx::linear<int8>> && accepted_by<t, onnx::linear<uint16, per_channel<1>>>);
static_assert(accepted_by<t, onnx::linear<uint2, per_group<32>>> && accepted_by<t, onnx::linear<int4, per_block<16, 1>>>);
static_assert(accepted_by<t, onnx::linear<onnx::saturating_e5m2>> && accepted_by<t, onnx::linear<fp8_e4m3fnuz, per_channel<0>>>);
static_assert(accepted_by<t, onnx::mat_mul_nbits<4, 32, stored_as<fp16>>> && accepted_by<t, onnx::mat_mul_nbits_with_zero_points<8, 64>>);
static_assert(accepted_by<t, onnx::mat_mul_nbits_with_float_zero_points<2, 16>> && accepted_by<t, onnx::qdq_blocks<32>>);
static_assert(accepted_by<t, bitsandbytes::nf4_blocks<>> && accepted_by<t, bitsandbytes::fp4_blocks<32>>);
static_assert(accepted_by<t, float32> && accepted_by<t, float16>);

TEST_CASE("ONNX Runtime: what is said of other schemes") {
  CHECK(t::name() == "ONNX Runtime");
  CHECK(why_not<t, int6_g32>().starts_with("ONNX Runtime: elements are integers of 2, 4, 8 and 16 bits, "));
  CHECK(why_not<t, onnx::linear<fp4_e2m1, per_group<16>>>().ends_with("not fp4 e2m1, which ONNX has"));
  CHECK(why_not<t, scheme<iq4_nl, symmetric, per_group<32>>>().starts_with("ONNX Runtime: elements are"));
  CHECK(why_not<t, offset4_g32>().starts_with("ONNX Runtime: real numbers are scale * (code - zero point); zero points are codes"));
  CHECK(why_not<t, scheme<fp16, symmetric, per_tensor>>().find("floats of 32 and 16 bits have no scale") != std::string_view::npos);
  CHECK(why_not<t, onnx::mat_mul_nbits_with_float_zero_points<8, 32>>().starts_with("ONNX Runtime: zero points that are floats"));
  CHECK(why_not<t, onnx::mat_mul_nbits_with_float_zero_points<4, 24>>().starts_with("ONNX Runtime: zero points that are floats"));
  CHECK(why_not<t, nf4_g64>() == "ONNX Runtime: nf4 and the fp4 of bitsandbytes are MatMulBnb4's: flat blocks of a power of two from 16 on");
  CHECK(why_not<t, scheme<int8, symmetric, per_block<4, 4>>>() ==
        "ONNX Runtime: a scale is for the tensor, for each row or column, or for blocks along one of both axes");
  CHECK(why_not<t, scheme<int8, symmetric, per_tensor, stored_as<bf16>>>() == "ONNX Runtime: scales are floats of 32 or 16 bits");
  CHECK(why_not<t, bitsandbytes::nf4_nested<>>() == "ONNX Runtime: scales are floats of 32 or 16 bits");
}
