// SPDX-License-Identifier: MIT
// Halftone example: the model compiled for one scheme.
#include "compile.hpp"

HALFTONE_LLAMA_COMPILE(halftone::brain_float16, llama::float_activations)
