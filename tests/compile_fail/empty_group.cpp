// rule: per_group<N>: a group holds at least one weight
// SPDX-License-Identifier: MIT
#include <halftone/scheme/presets.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
halftone::scheme<halftone::int4, halftone::symmetric, halftone::per_group<0>> w{};
#else
halftone::scheme<halftone::int4, halftone::symmetric, halftone::per_group<1>> w{};
#endif
