// SPDX-License-Identifier: MIT
// Halftone example: sampling.
#include "sampler.hpp"

#include <halftone/core/random.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace llama {

std::size_t likeliest(std::span<const float> logits) noexcept {
  return static_cast<std::size_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

std::int32_t sampler::pick(std::span<const float> logits) {
  if (options_.temperature <= 0.0f) {
    return static_cast<std::int32_t>(likeliest(logits));
  }
  std::vector<std::size_t> order(logits.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::size_t kept = options_.top_k == 0 ? order.size() : std::min(options_.top_k, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(),
                    [&](std::size_t a, std::size_t b) {
                      return logits[a] != logits[b] ? logits[a] > logits[b] : a < b;
                    });
  std::vector<double> weights(kept);
  double total = 0.0;
  for (std::size_t i = 0; i < kept; ++i) {
    weights[i] = std::exp(static_cast<double>((logits[order[i]] - logits[order[0]]) / options_.temperature));
    total += weights[i];
  }
  double rest = static_cast<double>(halftone::random_unit(options_.seed, drawn_++)) * total;
  std::size_t chosen = 0;
  while (chosen + 1 < kept && rest >= weights[chosen]) {
    rest -= weights[chosen++];
  }
  return static_cast<std::int32_t>(order[chosen]);
}

}  // namespace llama
