// SPDX-License-Identifier: MIT
// Halftone example: what the evaluation sees of a model, whatever scheme its weights have.
#pragma once

#include "config.hpp"
#include "key_value_cache.hpp"

#include <halftone/core/executor.hpp>
#include <halftone/core/matrix_view.hpp>

#include <cstdint>
#include <span>

namespace llama {

/// New tokens of one sequence, and what it has seen before.
struct input {
  std::span<const std::int32_t> tokens;
  key_value_cache* cache = nullptr;
};

/// What a model weighs.
struct model_size {
  std::size_t linear_weights = 0;  ///< numbers in the quantized matrices
  std::size_t linear_bytes = 0;    ///< their codes and parameters, as a file holds them
  std::size_t other_bytes = 0;     ///< embedding table and norms
  std::size_t streamed_bytes = 0;    ///< what each token reads of the matrices: codes and parameters in kernel order

  [[nodiscard]] std::size_t file_bytes() const noexcept { return linear_bytes + other_bytes; }
  [[nodiscard]] double bits_per_weight() const noexcept {
    return 8.0 * static_cast<double>(linear_bytes) / static_cast<double>(linear_weights);
  }
};

/// A model ready to run. One caller at a time: it owns the buffers between its layers.
class language_model {
 public:
  virtual ~language_model() = default;
  language_model(const language_model&) = delete;
  language_model& operator=(const language_model&) = delete;

  [[nodiscard]] virtual const llama::config& config() const noexcept = 0;
  [[nodiscard]] virtual model_size size() const = 0;

  /// Runs the tokens of all inputs, appends them to their caches, and writes the logits of each token.
  /// @param logits  [all tokens, vocabulary]; row i belongs to the i-th token, inputs in order. With one row for each input
  ///                only the logits of their last tokens are computed.
  /// @throws halftone::error for a token outside the vocabulary, a full cache, or logits of another shape
  virtual void forward(std::span<const input> inputs, halftone::matrix_view<float> logits,
                       const halftone::context& context) = 0;

 protected:
  language_model() = default;
};

}  // namespace llama
