// rule: scheme: at most two storages, for scales and for offsets
// SPDX-License-Identifier: MIT
#include <halftone/scheme/presets.hpp>

using half = halftone::stored_as<halftone::fp16>;

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
halftone::scheme<halftone::uint4, halftone::float_offset, halftone::per_tensor, half, half, half> w{};
#else
halftone::scheme<halftone::uint4, halftone::float_offset, halftone::per_tensor, half, half> w{};
#endif
