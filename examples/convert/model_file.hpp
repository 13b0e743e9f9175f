// SPDX-License-Identifier: MIT
// Halftone example: a model file of any kind that this program reads, as a list of tensors.
#pragma once

#include "layers.hpp"
#include "target_type.hpp"

#include <halftone/io/checkpoint.hpp>
#include <halftone/io/gguf_file.hpp>

#include <algorithm>
#include <optional>

namespace convert {

/// A tensor where it lies: rows of numbers of one type; a layer that was quantized; or something else, which has neither type nor layer.
struct source_tensor {
  std::string name;
  std::vector<std::uint64_t> dims;  ///< from the fastest to the slowest
  const target_type* type = nullptr;  ///< null for a layer, and for what holds no weights
  std::string type_name;
  std::span<const std::uint8_t> bytes{};
  std::function<row_reader()> layer{};  ///< reads a layer
  std::string_view format{};            ///< of a layer: bitsandbytes, gptq, awq, compressed-tensors; safetensors for Halftone's planes
  std::vector<const halftone::safetensors_tensor*> parts{};  ///< of a layer, or the one tensor itself; none from GGUF files
  std::string description{};                                 ///< of Halftone's planes: the JSON beside them

  [[nodiscard]] bool has_weights() const noexcept { return type != nullptr || layer; }
  /// The floats of rows; a layer is read for that.
  [[nodiscard]] row_reader open() const {
    if (layer) {
      return layer();
    }
    return type->open(bytes, cols());
  }
  /// The name without ".weight", if it ends so.
  [[nodiscard]] std::string layer_name() const { return before(name, ".weight").value_or(name); }

  [[nodiscard]] std::size_t cols() const noexcept { return dims.empty() ? 1 : static_cast<std::size_t>(dims[0]); }
  [[nodiscard]] std::size_t rows() const noexcept {
    std::size_t rows = 1;
    for (std::size_t i = 1; i < dims.size(); ++i) {
      rows *= static_cast<std::size_t>(dims[i]);
    }
    return std::find(dims.begin(), dims.end(), 0u) == dims.end() ? rows : 0;  // whatever the product of the others is
  }
  [[nodiscard]] halftone::matrix_shape shape() const noexcept { return {rows(), cols()}; }
  [[nodiscard]] bool is_matrix() const noexcept { return dims.size() >= 2 && rows() > 1; }
};

/// The file stays mapped, and the tensors are views of it.
class model_file {
 public:
  /// Opens a GGUF file; a safetensors file with floats and layers that were quantized; an index of such files (.json); or a folder with
  /// one of these two. Halftone's own planes are read from one file, not from several.
  /// @param version  of GPTQ's layers, if there are any
  /// @throws halftone::error that says what is wrong
  explicit model_file(const std::string& path, halftone::gptq::version version = halftone::gptq::version::v1);
  model_file(const model_file&) = delete;  // layers read the file that is in it
  model_file& operator=(const model_file&) = delete;

  [[nodiscard]] std::span<const source_tensor> tensors() const noexcept { return tensors_; }
  [[nodiscard]] const source_tensor* find(std::string_view name) const noexcept;
  /// The file, if it is a GGUF file: its metadata are taken over.
  [[nodiscard]] const halftone::gguf_file* gguf() const noexcept { return gguf_ ? &*gguf_ : nullptr; }

 private:
  void list(const halftone::gguf_file& file);
  void list(const halftone::checkpoint& file, halftone::gptq::version version);

  std::optional<halftone::gguf_file> gguf_;
  std::optional<halftone::safetensors_file> file_;
  std::optional<halftone::checkpoint> checkpoint_;
  std::vector<source_tensor> tensors_;
};

}  // namespace convert
