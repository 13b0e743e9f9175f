// rule: what overflows can only saturate where there are neither infinities nor NaN
// SPDX-License-Identifier: MIT
#include <halftone/element/minifloat.hpp>

using namespace halftone;
#ifndef HALFTONE_COMPILE_FAIL_CONTROL
const float largest = minifloat<2, 1, 1, special_values::none, overflow_rule::special>::largest();
#else
const float largest = minifloat<2, 1, 1, special_values::nan, overflow_rule::special>::largest();
#endif
