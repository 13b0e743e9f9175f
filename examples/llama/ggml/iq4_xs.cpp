// SPDX-License-Identifier: MIT
// Halftone example: GGUF tensors of one type.
#include "compile.hpp"

HALFTONE_LLAMA_COMPILE_TYPE(halftone::ggml::iq4_xs, halftone::ggml::block_format<halftone::ggml::iq4_xs>)
