// SPDX-License-Identifier: MIT
// Halftone tests: which schemes TensorFlow Lite accepts, and what is said of others.
#include <halftone/format/target/tflite.hpp>

#include <halftone/format/tflite/schemes.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

using namespace halftone;
using t = target::tflite;

static_assert(accepted_by<t, tflite::weights<>> && accepted_by<t, tflite::weights<int4, per_tensor>>);
static_assert(accepted_by<t, tflite::ai_edge_weights<int2>> && accepted_by<t, tflite::uint8_weights>);
static_assert(accepted_by<t, tflite::float16_weights> && accepted_by<t, tflite::float32_weights> && accepted_by<t, int8_per_channel>);

TEST_CASE("TensorFlow Lite: what is said of other schemes") {
  CHECK(t::name() == "TensorFlow Lite");
  CHECK(why_not<t, scheme<uint4, asymmetric, per_tensor>>() ==
        "TensorFlow Lite: elements are int8, int4, int2, uint8 and floats of 32 and 16 bits");
  CHECK(why_not<t, brain_float16>() == "TensorFlow Lite: elements are int8, int4, int2, uint8 and floats of 32 and 16 bits");
  CHECK(why_not<t, scheme<int8, asymmetric, per_tensor>>().starts_with("TensorFlow Lite: real numbers are scale * code where codes have a sign"));
  CHECK(why_not<t, scheme<int8, symmetric, per_channel<1>>>() ==
        "TensorFlow Lite: a scale is for the tensor, or for each row if codes have a sign");
  CHECK(why_not<t, uint8_per_channel>() == "TensorFlow Lite: a scale is for the tensor, or for each row if codes have a sign");
  CHECK(why_not<t, scheme<int8, symmetric, per_tensor, stored_as<fp16>>>() == "TensorFlow Lite: scales are floats of 32 bits");
}
