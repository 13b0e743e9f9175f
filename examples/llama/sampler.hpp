// SPDX-License-Identifier: MIT
// Halftone example: how the next token is chosen from logits.
#pragma once

#include <cstdint>
#include <span>

namespace llama {

/// Temperature 0 takes the likeliest token, the first of equals. Otherwise one of the `top_k` likeliest (0: of all) is
/// drawn with probability proportional to e^(logit / temperature). The same seed gives the same text.
class sampler {
 public:
  struct options {
    float temperature = 0.0f;
    std::size_t top_k = 40;
    std::uint64_t seed = 1;
  };

  explicit sampler(const options& chosen) : options_(chosen) {}
  [[nodiscard]] std::int32_t pick(std::span<const float> logits);

 private:
  options options_;
  std::uint64_t drawn_ = 0;
};

/// The index of the largest value, the first of equals.
[[nodiscard]] std::size_t likeliest(std::span<const float> logits) noexcept;

}  // namespace llama
