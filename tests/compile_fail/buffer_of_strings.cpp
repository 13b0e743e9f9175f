// rule: is_trivially_copyable
// SPDX-License-Identifier: MIT
#include <halftone/core/aligned_buffer.hpp>
#include <halftone/core/error.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
halftone::aligned_buffer<std::string> names(3);
#else
halftone::aligned_buffer<float> names(3);
#endif
