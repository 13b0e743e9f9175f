// rule: llama_cpp_planes_are_those_of_a_block_format
// SPDX-License-Identifier: MIT
#include <halftone/format/target/llama_cpp.hpp>
#include <halftone/scheme/presets.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
using weights = halftone::int4_g128;
#else
using weights = halftone::int4_g32;
#endif

static_assert(halftone::accepted_by<halftone::target::llama_cpp, weights>);
