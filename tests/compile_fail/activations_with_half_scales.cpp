// rule: scale_storage
// SPDX-License-Identifier: MIT
#include <halftone/scheme/presets.hpp>
#include <halftone/tensor/activations.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
using storage = halftone::stored_as<halftone::fp16>;
#else
using storage = halftone::stored_as<halftone::fp32>;
#endif

using activations = halftone::scheme<halftone::int8, halftone::symmetric, halftone::per_token, storage>;

halftone::quantized_activations<activations> quantized;
