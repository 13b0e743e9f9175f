// rule: tflite_scales_are_fp32
// SPDX-License-Identifier: MIT
#include <halftone/format/target/tflite.hpp>
#include <halftone/scheme/presets.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
using weights = halftone::scheme<halftone::int8, halftone::symmetric, halftone::per_tensor, halftone::stored_as<halftone::fp16>>;
#else
using weights = halftone::int8_per_tensor;
#endif

static_assert(halftone::accepted_by<halftone::target::tflite, weights>);
