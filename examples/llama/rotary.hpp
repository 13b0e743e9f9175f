// SPDX-License-Identifier: MIT
// Halftone example: rotary position embedding (Su et al., arXiv:2104.09864), halves rotated as Hugging Face does.
#pragma once

#include "config.hpp"

#include <cmath>
#include <vector>

namespace llama {

/// Turns the pair (x[i], x[i + size/2]) of a head by the angle position * theta^(-2i / size).
class rotary {
 public:
  explicit rotary(const config& c)
      : half_(c.head_size() / 2), cos_(c.context * half_), sin_(c.context * half_) {
    for (std::size_t i = 0; i < half_; ++i) {
      const float frequency = std::pow(c.rope_theta, -static_cast<float>(2 * i) / static_cast<float>(2 * half_));
      for (std::size_t position = 0; position < c.context; ++position) {
        const float angle = static_cast<float>(position) * frequency;
        cos_[position * half_ + i] = std::cos(angle);
        sin_[position * half_ + i] = std::sin(angle);
      }
    }
  }

  /// Turns one head in place.
  void apply(float* head, std::size_t position) const noexcept {
    const float* cosine = cos_.data() + position * half_;
    const float* sine = sin_.data() + position * half_;
    for (std::size_t i = 0; i < half_; ++i) {
      const float first = head[i];
      const float second = head[i + half_];
      head[i] = first * cosine[i] - second * sine[i];
      head[i + half_] = second * cosine[i] + first * sine[i];
    }
  }

 private:
  std::size_t half_;
  std::vector<float> cos_;
  std::vector<float> sin_;
};

}  // namespace llama
