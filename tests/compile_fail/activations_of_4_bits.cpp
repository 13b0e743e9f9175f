// rule: activation_scheme
// SPDX-License-Identifier: MIT
#include <halftone/scheme/presets.hpp>
#include <halftone/tensor/activations.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
using activations = halftone::scheme<halftone::int4, halftone::symmetric, halftone::per_token>;
#else
using activations = halftone::scheme<halftone::int8, halftone::symmetric, halftone::per_token>;
#endif

halftone::quantized_activations<activations> quantized;
