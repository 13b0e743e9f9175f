// SPDX-License-Identifier: MIT
// Halftone example: the model compiled for one scheme.
#include "compile.hpp"

HALFTONE_LLAMA_COMPILE(halftone::int4_g128, llama::int8_activations)
