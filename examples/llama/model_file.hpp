// SPDX-License-Identifier: MIT
// Halftone example: the file of a quantized model: one safetensors file that describes itself.
//
// Tensors: the planes of every linear layer and of the embedding table, as halftone::save writes them, and the norms as
// F32. Metadata: "llama.config" the sizes as JSON, "llama.scheme" the name in the type list.
#pragma once

#include "scheme_list.hpp"

#include <filesystem>

namespace llama {

/// @param scheme  the name by which the model was made
/// @throws halftone::error if the file cannot be written
void save_model(const language_model& model, std::string_view scheme, const std::filesystem::path& path);

/// A saved model, whatever its scheme.
struct loaded_model {
  const known_scheme* scheme;
  std::unique_ptr<language_model> model;
};

/// @throws halftone::error if this is no file of a saved model, or one that is damaged
[[nodiscard]] loaded_model load_model_file(const std::filesystem::path& path);

}  // namespace llama
