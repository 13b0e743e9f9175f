// SPDX-License-Identifier: MIT
// Halftone example: one model file into another, tensor by tensor.
#pragma once

#include "layer_type.hpp"

#include <functional>
#include <optional>

namespace convert {

/// What became of a tensor.
struct outcome {
  std::string name;
  std::string from;
  std::string to;  ///< empty where the file has no place for it
  double bits = 0.0;
  bool matrix = false;
  bool copied = false;  ///< its bytes
  halftone::transcode_report report{};
};

/// What each matrix becomes: a type, or the one that loses least within a budget. Vectors stay as they are.
struct wanted {
  file_format format = file_format::gguf;
  const layer_type* type = nullptr;
  double bits = 0.0;
  std::optional<std::size_t> target{};       ///< which must accept the type: index in `target_names`
  std::vector<std::string> kept{};           ///< matrices stay as they are if their name has one of these in it
  halftone::gptq::version gptq_version = halftone::gptq::version::v1;
};

/// Whether a tensor is a matrix that becomes something else.
[[nodiscard]] bool is_converted(const source_tensor& tensor, const wanted& want);

/// The type of a tensor that is converted; each candidate within a budget is tried and measured.
/// @throws halftone::error that names the tensor and says why there is none
[[nodiscard]] const layer_type& choose(const source_tensor& tensor, const wanted& want);

/// Writes `path`: it appears whole, at the end, or not at all.
/// @param told  called with the tensors written and those there are
[[nodiscard]] std::vector<outcome> write(const model_file& model, const wanted& want, const std::string& path,
                                         const std::function<void(std::size_t, std::size_t)>& told);

/// Reads the file again and measures every tensor against the source. @throws halftone::error where an outcome said otherwise
void verify(const model_file& model, const wanted& want, const std::vector<outcome>& outcomes, const std::string& path);

}  // namespace convert
