// SPDX-License-Identifier: MIT
// Halftone example: the model compiled for one scheme.
#include "compile.hpp"

HALFTONE_LLAMA_COMPILE(halftone::int3_g32, llama::int8_activations)
