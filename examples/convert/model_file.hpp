// SPDX-License-Identifier: MIT
// Halftone example: a model file of any kind that this program reads, as a list of tensors.
#pragma once

#include "target_type.hpp"

#include <halftone/io/gguf_file.hpp>
#include <halftone/io/safetensors_file.hpp>

#include <optional>

namespace convert {

/// A tensor where it lies: rows of numbers of one type.
struct source_tensor {
  std::string name;
  std::vector<std::uint64_t> dims;  ///< from the fastest to the slowest
  const target_type* type = nullptr;
  std::string type_name;
  std::span<const std::uint8_t> bytes;

  [[nodiscard]] std::size_t cols() const noexcept { return dims.empty() ? 1 : static_cast<std::size_t>(dims[0]); }
  [[nodiscard]] std::size_t rows() const noexcept {
    std::size_t rows = 1;
    for (std::size_t i = 1; i < dims.size(); ++i) {
      rows *= static_cast<std::size_t>(dims[i]);
    }
    return rows;
  }
  [[nodiscard]] bool is_matrix() const noexcept { return dims.size() >= 2 && rows() > 1; }
};

/// The file stays mapped, and the tensors are views of it.
class model_file {
 public:
  /// Opens a GGUF file, or else a safetensors file. @throws halftone::error that says what is wrong
  explicit model_file(const std::string& path);

  [[nodiscard]] std::span<const source_tensor> tensors() const noexcept { return tensors_; }
  /// The file, if it is a GGUF file: its metadata are taken over.
  [[nodiscard]] const halftone::gguf_file* gguf() const noexcept { return gguf_ ? &*gguf_ : nullptr; }

 private:
  void list(const halftone::gguf_file& file);
  void list(const halftone::safetensors_file& file);

  std::optional<halftone::gguf_file> gguf_;
  std::optional<halftone::safetensors_file> safetensors_;
  std::vector<source_tensor> tensors_;
};

}  // namespace convert
