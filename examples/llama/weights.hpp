// SPDX-License-Identifier: MIT
// Halftone example: where the float weights of a model come from.
#pragma once

#include <halftone/core/matrix_view.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace llama {

/// Gives tensors by their Hugging Face names, one at a time, as floats.
class weight_source {
 public:
  virtual ~weight_source() = default;
  [[nodiscard]] virtual bool contains(const std::string& name) const = 0;
  /// @throws halftone::error if there is no such tensor or it has another shape; a vector has one row
  [[nodiscard]] virtual std::vector<float> read(const std::string& name, halftone::matrix_shape shape) const = 0;
};

/// The weights of DIRECTORY/model.safetensors (F32, F16 or BF16).
[[nodiscard]] std::unique_ptr<weight_source> open_checkpoint(const std::filesystem::path& directory);

}  // namespace llama
