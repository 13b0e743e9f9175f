// SPDX-License-Identifier: MIT
// Halftone: NumPy's arithmetic under histograms and divergences: pairwise sums, histograms of float.
#pragma once

#include <halftone/calibration/observer.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::numpy {

/// numpy.sum: pairs of halves, of blocks of at most 128 with eight chains.
template <class Float>
[[nodiscard]] Float sum(std::span<const Float> x) {
  if (x.size() > 128) {
    const std::size_t half = x.size() / 2 / 8 * 8;
    return sum(x.first(half)) + sum(x.subspan(half));
  }
  Float chain[8] = {};
  std::size_t i = 0;
  if (x.size() >= 8) {
    std::copy_n(x.begin(), 8, chain);
    for (i = 8; i + 8 <= x.size(); i += 8) {
      for (std::size_t j = 0; j < 8; ++j) {
        chain[j] += x[i + j];
      }
    }
  }
  Float total = ((chain[0] + chain[1]) + (chain[2] + chain[3])) + ((chain[4] + chain[5]) + (chain[6] + chain[7]));
  for (; i < x.size(); ++i) {
    total += x[i];
  }
  return total;
}

/// The edges of numpy.histogram(x, bins, range=(low, high)) in float, low < high.
[[nodiscard]] inline std::vector<float> histogram_edges(float low, float high, std::size_t bins) {
  std::vector<float> edges(bins + 1);
  const float step = (high - low) / static_cast<float>(bins);
  for (std::size_t i = 0; i < bins; ++i) {
    edges[i] = product(static_cast<float>(i), step) + low;
  }
  edges[bins] = high;
  return edges;
}

/// Adds numpy.histogram's counts: the bin by a product, then by its edges.
inline void add_histogram(const float* x, std::size_t count, std::span<const float> edges, std::span<double> counts) {
  const std::size_t bins = counts.size();
  const float low = edges[0];
  const float width = edges[bins] - low;
  for (std::size_t i = 0; i < count; ++i) {
    if (!(x[i] >= low && x[i] <= edges[bins])) {
      continue;
    }
    const float at = product((x[i] - low) / width, static_cast<float>(bins));
    auto bin = at >= 0.0f && at < static_cast<float>(bins) ? static_cast<std::size_t>(at) : bins - 1;
    bin -= bin > 0 && x[i] < edges[bin] ? 1u : 0u;
    bin += bin + 1 < bins && x[i] >= edges[bin + 1] ? 1u : 0u;
    ++counts[bin];
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::numpy
