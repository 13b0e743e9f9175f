// SPDX-License-Identifier: MIT
// Halftone example: how fast a model reads and writes.
#pragma once

#include "language_model.hpp"

#include <optional>

namespace llama {

struct speed {
  double prefill = 0.0;         ///< tokens a second, one full context at once
  double decode = 0.0;          ///< tokens a second, one sequence, one token a call, third quarter of a context
  double parallel = 0.0;        ///< tokens a second, 16 sequences one token each at a time
  double bytes_per_token = 0.0;  ///< weights, embedding row and cache that one decoded token reads and writes
  std::optional<double> joules_per_token;  ///< while decoding; nothing where the system has no counter
};

/// Measures on the calling thread: the best of as many runs as fit `seconds` for each number, two at least.
[[nodiscard]] speed measure_speed(language_model& model, double seconds);

}  // namespace llama
