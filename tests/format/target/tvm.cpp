// SPDX-License-Identifier: MIT
// Halftone tests: which schemes TVM accepts, and what is said of others.
#include <halftone/format/target/tvm.hpp>

#include <halftone/format/tvm/schemes.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

using namespace halftone;
using t = target::tvm;

static_assert(accepted_by<t, tvm::quantized<int8>> && accepted_by<t, tvm::quantized<uint8, per_channel<1>>>);
static_assert(accepted_by<t, tvm::quantized<int16>> && accepted_by<t, tvm::q4f16_1> && accepted_by<t, tvm::q3f16_1>);
static_assert(accepted_by<t, float32> && accepted_by<t, float16>);

TEST_CASE("TVM: what is said of other schemes") {
  CHECK(t::name() == "TVM");
  CHECK(why_not<t, scheme<int4, symmetric, per_group<32>, stored_as<fp16>>>().starts_with("TVM: elements are int8, uint8 and int16"));
  CHECK(why_not<t, scheme<uint8, float_offset, per_tensor>>().starts_with("TVM: real numbers are scale * (code - zero point)"));
  CHECK(why_not<t, int8_g32>() == "TVM: relax.dequantize has one scale, or one for each row or column");
  CHECK(why_not<t, int4_per_channel>() == "TVM: groups of MLC are whole words of 8 codes of 4 bits or 10 of 3");
  CHECK(why_not<t, scheme<int3_narrow, symmetric, per_group<32>, stored_as<fp16>>>() ==
        "TVM: groups of MLC are whole words of 8 codes of 4 bits or 10 of 3");
  CHECK(why_not<t, scheme<int4_narrow, symmetric, per_group<32>>>() == "TVM: scales are floats of 32 bits, of MLC of 16 bits");
  CHECK(why_not<t, scheme<int8, symmetric, per_tensor, stored_as<fp16>>>() == "TVM: scales are floats of 32 bits, of MLC of 16 bits");
}
