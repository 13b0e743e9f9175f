// SPDX-License-Identifier: MIT
// Halftone example: GGUF tensors of one type.
#include "compile.hpp"

HALFTONE_LLAMA_COMPILE_TYPE(halftone::float16, void)
