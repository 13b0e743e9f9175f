// SPDX-License-Identifier: MIT
// Halftone example: a model file of any kind that this program reads, as a list of tensors.
#pragma once

#include "layers.hpp"
#include "target_type.hpp"

#include <halftone/io/gguf_file.hpp>
#include <halftone/io/safetensors_file.hpp>

#include <algorithm>
#include <optional>

namespace convert {

/// A tensor where it lies: rows of numbers of one type; or a layer that other tools quantized.
struct source_tensor {
  std::string name;
  std::vector<std::uint64_t> dims;  ///< from the fastest to the slowest
  const target_type* type = nullptr;  ///< null for a layer
  std::string type_name;
  std::span<const std::uint8_t> bytes{};
  std::function<row_reader()> layer{};  ///< reads a layer

  /// The floats of rows; a layer is read for that.
  [[nodiscard]] row_reader open() const {
    if (layer) {
      return layer();
    }
    return [this, length = type->row_bytes(cols())](std::size_t row, std::span<float> values) {
      type->decode_row(bytes.subspan(row * length, length), values);
    };
  }

  [[nodiscard]] std::size_t cols() const noexcept { return dims.empty() ? 1 : static_cast<std::size_t>(dims[0]); }
  [[nodiscard]] std::size_t rows() const noexcept {
    std::size_t rows = 1;
    for (std::size_t i = 1; i < dims.size(); ++i) {
      rows *= static_cast<std::size_t>(dims[i]);
    }
    return std::find(dims.begin(), dims.end(), 0u) == dims.end() ? rows : 0;  // whatever the product of the others is
  }
  [[nodiscard]] bool is_matrix() const noexcept { return dims.size() >= 2 && rows() > 1; }
};

/// The file stays mapped, and the tensors are views of it.
class model_file {
 public:
  /// Opens a GGUF file, or else a safetensors file, with floats and layers of other tools.
  /// @param version  of GPTQ's layers, if there are any
  /// @throws halftone::error that says what is wrong
  explicit model_file(const std::string& path, halftone::gptq::version version = halftone::gptq::version::v1);
  model_file(const model_file&) = delete;  // layers read the file that is in it
  model_file& operator=(const model_file&) = delete;

  [[nodiscard]] std::span<const source_tensor> tensors() const noexcept { return tensors_; }
  /// The file, if it is a GGUF file: its metadata are taken over.
  [[nodiscard]] const halftone::gguf_file* gguf() const noexcept { return gguf_ ? &*gguf_ : nullptr; }

 private:
  void list(const halftone::gguf_file& file);
  void list(const halftone::safetensors_file& file, halftone::gptq::version version);

  std::optional<halftone::gguf_file> gguf_;
  std::optional<halftone::safetensors_file> safetensors_;
  std::vector<source_tensor> tensors_;
};

}  // namespace convert
