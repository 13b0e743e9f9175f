// rule: epilogue_stage
// SPDX-License-Identifier: MIT
#include <halftone/epilogue/linear_stages.hpp>
#include <halftone/epilogue/epilogue.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
halftone::epilogue<int> finish{};
#else
halftone::epilogue<halftone::relu> finish{};
#endif
