// SPDX-License-Identifier: MIT
// Halftone example: what the program does with a GGUF file.
#pragma once

#include "options.hpp"

namespace llama {

/// --gguf: writes an answer or a continuation, or obeys --commands.
/// @return  the exit status
int run_gguf(const options& chosen);

/// --save-gguf: writes the checkpoint of --model with all matrices in one type, and checks that the file gives the logits of
/// the same matrices without a file, bit for bit.
int run_save_gguf(const options& chosen);

}  // namespace llama
