// rule: must name a header that defines HALFTONE_TUNED_NAME
// SPDX-License-Identifier: MIT
#ifndef HALFTONE_COMPILE_FAIL_CONTROL
#define HALFTONE_TUNED_HEADER <cstddef>
#endif
#include <halftone/core/config.hpp>
