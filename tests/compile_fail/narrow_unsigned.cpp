// rule: integer: only signed elements have a narrow range
// SPDX-License-Identifier: MIT
#include <halftone/element/integer.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
halftone::integer<4, halftone::signedness::is_unsigned, halftone::code_range::narrow> element{};
#else
halftone::integer<4, halftone::signedness::is_signed, halftone::code_range::narrow> element{};
#endif
