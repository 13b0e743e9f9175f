// rule: a storage without a sign keeps scales of a mapping that promises positive_scale
// SPDX-License-Identifier: MIT
#include <halftone/scheme/presets.hpp>

using namespace halftone;
#ifndef HALFTONE_COMPILE_FAIL_CONTROL
scheme<int4, symmetric_signed_extreme, per_group<32>, stored_as<e8m0_floor>> weights{};
#else
scheme<int4, symmetric, per_group<32>, stored_as<e8m0_floor>> weights{};
#endif
