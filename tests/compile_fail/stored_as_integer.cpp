// rule: table_element
// SPDX-License-Identifier: MIT
#include <halftone/scheme/presets.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
halftone::stored_as<halftone::int8> storage{};
#else
halftone::stored_as<halftone::bf16> storage{};
#endif
