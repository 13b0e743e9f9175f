// rule: Bits <= 8
// SPDX-License-Identifier: MIT
#include <halftone/element/integer.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
halftone::integer<9, halftone::signedness::is_signed> element{};
#else
halftone::integer<8, halftone::signedness::is_signed> element{};
#endif
