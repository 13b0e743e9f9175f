// SPDX-License-Identifier: MIT
// Halftone example: one model file into another, tensor by tensor.
#pragma once

#include "model_file.hpp"

#include <functional>

namespace convert {

/// What became of a tensor.
struct outcome {
  std::string name;
  std::string from;
  std::string to;
  double bits = 0.0;
  bool matrix = false;
  bool copied = false;  ///< the same type: its bytes
  halftone::transcode_report report{};
};

/// Which type each matrix gets: a type, or the one that loses least within a budget. Vectors keep theirs.
struct wanted {
  const target_type* type = nullptr;
  double bits = 0.0;
};

/// The type of a tensor's copy. @throws halftone::error that names the tensor and says why there is none
[[nodiscard]] const target_type& choose(const source_tensor& tensor, const wanted& want);

/// Writes `path`, a row at a time: it appears whole, at the end, or not at all.
/// @param told  called with the tensors written and those there are
[[nodiscard]] std::vector<outcome> write(const model_file& model, const wanted& want, const std::string& path,
                                         const std::function<void(std::size_t, std::size_t)>& told);

/// Reads the file again and measures every tensor against the source. @throws halftone::error where an outcome said otherwise
void verify(const model_file& model, const std::vector<outcome>& outcomes, const std::string& path);

}  // namespace convert
