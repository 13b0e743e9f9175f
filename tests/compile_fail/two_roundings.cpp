// rule: scheme: at most one rounding policy
// SPDX-License-Identifier: MIT
#include <halftone/scheme/presets.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
halftone::scheme<halftone::int4, halftone::symmetric, halftone::per_tensor, halftone::nearest_up, halftone::truncate> w{};
#else
halftone::scheme<halftone::int4, halftone::symmetric, halftone::per_tensor, halftone::nearest_up> w{};
#endif
