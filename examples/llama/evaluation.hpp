// SPDX-License-Identifier: MIT
// Halftone example: how well a model predicts a text it has never seen, and how far it is from the fp32 model.
#pragma once

#include "language_model.hpp"

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace llama {

/// The held-out text, cut into windows of one context each, without overlap. A window's input is end-of-text followed
/// by all its bytes but the last; each byte is predicted once, from at most a context before it.
struct held_out_text {
  std::size_t window = 0;             ///< tokens
  std::vector<std::int32_t> targets;  ///< whole windows
  std::vector<std::int32_t> sources;  ///< targets moved by one, windows started with end-of-text

  [[nodiscard]] std::size_t windows() const noexcept { return window == 0 ? 0 : targets.size() / window; }
};

/// @param most_bytes  how much of the text to use; 0: all
/// @throws halftone::error if the text is shorter than one window
[[nodiscard]] held_out_text cut(std::string_view text, std::size_t window, std::size_t most_bytes);

/// Logits of some windows, spread evenly over the text, as the fp32 model gave them.
struct reference_logits {
  std::size_t every = 1;      ///< window 0, every, 2 * every, ...
  std::size_t vocabulary = 0;
  std::vector<float> values;  ///< [positions, vocabulary]

  [[nodiscard]] std::size_t positions() const noexcept { return vocabulary == 0 ? 0 : values.size() / vocabulary; }
};

struct quality {
  double bits_per_byte = 0.0;
  double divergence = 0.0;  ///< mean Kullback-Leibler divergence of fp32 from this model, nats a token
  double agreement = 0.0;   ///< share of positions with the same likeliest token as fp32
};

using step_callback = std::function<void(std::size_t done, std::size_t total)>;

/// Evaluates the fp32 model and keeps its logits at about `positions` positions.
[[nodiscard]] quality evaluate_reference(language_model& model, const held_out_text& text, std::size_t positions,
                                         reference_logits& kept, const halftone::context& context,
                                         const step_callback& step = {});

/// Evaluates a model on the same windows and compares it with the logits that were kept.
[[nodiscard]] quality evaluate(language_model& model, const held_out_text& text, const reference_logits& reference,
                               const halftone::context& context, const step_callback& step = {});

}  // namespace llama
