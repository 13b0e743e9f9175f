// rule: an offset may be negative, and its storage has no sign
// SPDX-License-Identifier: MIT
#include <halftone/scheme/presets.hpp>

using namespace halftone;
#ifndef HALFTONE_COMPILE_FAIL_CONTROL
scheme<uint4, float_offset, per_group<32>, stored_as<e8m0_floor>> weights{};
#else
scheme<uint4, float_offset, per_group<32>, stored_as<e8m0_floor>, stored_as<fp16>> weights{};
#endif
