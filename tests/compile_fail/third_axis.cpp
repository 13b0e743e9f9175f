// rule: Axis < 2
// SPDX-License-Identifier: MIT
#include <halftone/scheme/granularity.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
halftone::per_channel<2> granularity{};
#else
halftone::per_channel<1> granularity{};
#endif
