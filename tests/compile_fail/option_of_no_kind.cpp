// rule: scheme: every option is a rounding policy, a scaling policy or a storage
// SPDX-License-Identifier: MIT
#include <halftone/scheme/presets.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
halftone::scheme<halftone::int4, halftone::symmetric, halftone::per_tensor, halftone::fp16> w{};
#else
halftone::scheme<halftone::int4, halftone::symmetric, halftone::per_tensor, halftone::stored_as<halftone::fp16>> w{};
#endif
