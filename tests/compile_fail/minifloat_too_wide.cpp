// rule: a sign, an exponent and a mantissa of one bit or more each fit 8 bits
// SPDX-License-Identifier: MIT
#include <halftone/element/minifloat.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
const float largest = halftone::minifloat<5, 3, 15, halftone::special_values::none>::largest();
#else
const float largest = halftone::minifloat<5, 2, 15, halftone::special_values::none>::largest();
#endif
