// SPDX-License-Identifier: MIT
// Halftone example: GGUF tensors of two types: the same weights in different blocks.
#include "compile.hpp"

HALFTONE_LLAMA_COMPILE_TYPE(halftone::ggml::tq2_0, halftone::ggml::block_format<halftone::ggml::tq2_0>)
HALFTONE_LLAMA_COMPILE_TYPE(halftone::ggml::tq2_0, halftone::ggml::tq1_0_blocks)
