// SPDX-License-Identifier: MIT
// Halftone benchmarks: numbers to work on; not random enough for anything else, but there are hundreds of millions.
#pragma once

#include <cstdint>
#include <vector>

namespace halftone_benchmark {

/// Uniform in [-0.5, 0.5).
inline std::vector<float> some_values(std::size_t count, std::uint32_t seed) {
  std::vector<float> values(count);
  std::uint32_t state = seed * 2654435761u + 1u;
  for (float& v : values) {
    state = state * 1664525u + 1013904223u;
    v = static_cast<float>(state >> 8) * 0x1p-24f - 0.5f;
  }
  return values;
}

}  // namespace halftone_benchmark
