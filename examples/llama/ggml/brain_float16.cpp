// SPDX-License-Identifier: MIT
// Halftone example: GGUF tensors of one type.
#include "compile.hpp"

HALFTONE_LLAMA_COMPILE_TYPE(halftone::brain_float16, void)
