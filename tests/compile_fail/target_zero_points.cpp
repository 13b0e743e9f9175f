// rule: tensorrt_zero_points_are_zero
// SPDX-License-Identifier: MIT
#include <halftone/format/target/tensorrt.hpp>
#include <halftone/scheme/presets.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
using weights = halftone::scheme<halftone::int8, halftone::asymmetric, halftone::per_tensor>;
#else
using weights = halftone::scheme<halftone::int8, halftone::symmetric, halftone::per_tensor>;
#endif

static_assert(halftone::accepted_by<halftone::target::tensorrt, weights>);
