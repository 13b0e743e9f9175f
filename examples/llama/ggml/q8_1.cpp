// SPDX-License-Identifier: MIT
// Halftone example: GGUF tensors of one type.
#include "compile.hpp"

HALFTONE_LLAMA_COMPILE_TYPE(halftone::ggml::q8_1, halftone::ggml::block_format<halftone::ggml::q8_1>)
