// SPDX-License-Identifier: MIT
// Halftone example: the model compiled for one scheme.
#include "compile.hpp"

HALFTONE_LLAMA_COMPILE(halftone::float32, llama::float_activations)
