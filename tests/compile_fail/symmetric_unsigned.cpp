// rule: mapping_for
// SPDX-License-Identifier: MIT
#include <halftone/scheme/presets.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
halftone::scheme<halftone::uint4, halftone::symmetric, halftone::per_tensor> w{};
#else
halftone::scheme<halftone::int4, halftone::symmetric, halftone::per_tensor> w{};
#endif
