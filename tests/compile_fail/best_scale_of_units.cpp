// rule: the errors of units are not known
// SPDX-License-Identifier: MIT
#include <halftone/quantize/quantize.hpp>
#include <halftone/scheme/presets.hpp>

using namespace halftone;
#ifndef HALFTONE_COMPILE_FAIL_CONTROL
using weights = scheme<ternary_base3, symmetric, per_group<20>, stored_as<e8m0_best>>;
#else
using weights = scheme<ternary, symmetric, per_group<20>, stored_as<e8m0_best>>;
#endif
const auto q = quantize<weights>(matrix_view<const float>{});
