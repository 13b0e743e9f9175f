// SPDX-License-Identifier: MIT
// Halftone example: GGUF tensors of one type.
#include "compile.hpp"

HALFTONE_LLAMA_COMPILE_TYPE(halftone::ggml::q3_k, halftone::ggml::block_format<halftone::ggml::q3_k>)
