// rule: per_block<R, C>: a block holds at least one weight
// SPDX-License-Identifier: MIT
#include <halftone/scheme/presets.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
halftone::scheme<halftone::int4, halftone::symmetric, halftone::per_block<0, 4>> w{};
#else
halftone::scheme<halftone::int4, halftone::symmetric, halftone::per_block<1, 4>> w{};
#endif
