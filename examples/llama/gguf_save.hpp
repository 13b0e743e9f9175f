// SPDX-License-Identifier: MIT
// Halftone example: a checkpoint as a GGUF file that llama.cpp loads.
#pragma once

#include "any_matrix.hpp"
#include "config.hpp"
#include "weights.hpp"

namespace llama {

/// Writes a model with this program's tokenizer (one token a byte): matrices in `type`, by ggml's encoder; the embedding
/// table and norms as F32. The rows of query and key matrices are interleaved as llama.cpp wants them.
/// @throws halftone::error if the file cannot be written, or rows are no whole number of blocks
void save_gguf(const config& sizes, const weight_source& source, const matrix_type& type, const std::filesystem::path& path);

}  // namespace llama
