// SPDX-License-Identifier: MIT
// Halftone: TensorRT's calibrators: the largest magnitude by entropy, by squared error, by a percentile, as ModelOpt has them.
//
// Source: _compute_amax_entropy, _compute_amax_mse and _compute_amax_percentile of nvidia-modelopt 0.47. Ranges are -amax..amax, and
// may pass the largest magnitude by a bin.
#pragma once

#include <halftone/calibration/numpy_arithmetic.hpp>
#include <halftone/calibration/searched.hpp>
#include <halftone/calibration/tensorrt_histogram.hpp>

#include <cmath>

namespace halftone::inline v0_1::inline HALFTONE_ISA::tensorrt {

/// The candidate range 0..edge[i], i = start, start + stride, ..., bins, whose quantization to 2^(bits - 1) levels (2^bits of
/// unsigned values) loses the least information: KL(P || Q), P the first i bins with all later values in the last of them, Q the means
/// of the bins of each level over those that are not empty. The last minimum. The first bin counts as the second.
/// A candidate below all values has no Q; ModelOpt's divergence is then NaN, and NumPy takes a NaN for the minimum: so does this, so
/// that values far from zero get a range below them. Time: bins^2.
struct entropy {
  unsigned bits = 8;
  bool is_unsigned = false;
  std::size_t stride = 1;
  std::size_t start = 128;

  [[nodiscard]] range operator()(const magnitude_histogram& values) const {
    const torch::histogram& h = values.bins();
    if (h.counts.size() < start || h.counts.size() < 2) {
      return {0.0f - values.amax(), values.amax()};
    }
    std::vector<double> bins = h.counts;
    bins[0] = bins[1];
    std::size_t best = start;
    double least = std::numeric_limits<double>::infinity();
    bool none = false;  // a NaN, which nothing but another one replaces
    for (std::size_t i = start; i <= bins.size(); i += stride) {
      const double d = divergence(bins, i);
      if (d != d || (!none && d <= least)) {
        none = none || d != d;
        least = d;
        best = i;
      }
    }
    const float amax = h.edges[std::min(best, h.edges.size() - 1)];
    return {0.0f - amax, amax};
  }

  /// KL of the first i bins.
  [[nodiscard]] double divergence(std::span<const double> bins, std::size_t i) const {
    const std::size_t levels = std::size_t{1} << (bits - 1 + (is_unsigned ? 1 : 0));
    const double width = static_cast<double>(i) / static_cast<double>(levels);
    std::vector<double> sums(levels), full(levels), p(bins.begin(), bins.begin() + static_cast<std::ptrdiff_t>(i)), q(i), terms(i);
    std::vector<std::size_t> level_of(i);
    for (std::size_t j = 0, level = 0; j < i; ++j) {
      while (level + 1 < levels && product(static_cast<double>(level + 1), width) <= static_cast<double>(j)) {
        ++level;
      }
      level_of[j] = level;
      sums[level] += bins[j];
      full[level] += bins[j] != 0.0 ? 1.0 : 0.0;
    }
    for (std::size_t j = 0; j < i; ++j) {
      q[j] = bins[j] != 0.0 ? sums[level_of[j]] / full[level_of[j]] : 0.0;
    }
    for (std::size_t j = i; j < bins.size(); ++j) {
      p[i - 1] += bins[j];  // whole numbers: exact
    }
    const double all_p = numpy::sum<double>(p), all_q = numpy::sum<double>(q);
    for (std::size_t j = 0; j < i; ++j) {
      const double a = p[j] / all_p, b = q[j] / all_q;
      terms[j] = a > 0.0 && b > 0.0 ? product(a, std::log(a / b))
                 : a == 0.0 && b >= 0.0 ? 0.0
                 : a != a || b != b     ? std::numeric_limits<double>::quiet_NaN()
                                        : std::numeric_limits<double>::infinity();
    }
    return numpy::sum<double>(terms);
  }
};

/// The middle of the bin i = start, start + stride, ... whose range quantizes the middles of all bins with the least squared error.
struct least_squares {
  unsigned bits = 8;
  bool is_unsigned = false;
  std::size_t stride = 1;
  std::size_t start = 128;

  [[nodiscard]] range operator()(const magnitude_histogram& values) const {
    const torch::histogram& h = values.bins();
    const std::vector<float> middles = middles_of(h);
    if (middles.size() <= start) {
      return {0.0f - values.amax(), values.amax()};
    }
    std::size_t best = start;
    float least = std::numeric_limits<float>::infinity();
    for (std::size_t i = start; i < middles.size(); i += stride) {
      if (const float error = squared_error(h, middles, middles[i]); error < least) {
        least = error;
        best = i;
      }
    }
    return {0.0f - middles[best], middles[best]};
  }
  [[nodiscard]] static std::vector<float> middles_of(const torch::histogram& h) {
    std::vector<float> middles(std::min(h.counts.size(), h.edges.size() - (h.edges.empty() ? 0 : 1)));
    for (std::size_t i = 0; i < middles.size(); ++i) {
      middles[i] = (h.edges[i + 1] + h.edges[i]) / 2.0f;
    }
    return middles;
  }
  /// Of the middles, a mean over bins.
  [[nodiscard]] float squared_error(const torch::histogram& h, std::span<const float> middles, float amax) const {
    const auto top = static_cast<float>((1u << (bits - 1 + (is_unsigned ? 1 : 0))) - 1);
    const bool zero = amax <= 0x1p-24f;
    const float scale = zero ? 0.0f : top / amax;
    std::vector<float> errors(middles.size());
    for (std::size_t i = 0; i < middles.size(); ++i) {
      const float level = minimum(nearest_even::round(minimum(product(middles[i], scale), top + 1.0f), 0), top);
      const float difference = level / (zero ? 1.0f : scale) - middles[i];
      errors[i] = product(product(difference, difference), static_cast<float>(h.counts[i]));
    }
    return torch::sum(errors) / static_cast<float>(middles.size());
  }
};

/// The first edge before which at least `percent` of the values lie.
struct percentile {
  double percent = 99.99;

  [[nodiscard]] range operator()(const magnitude_histogram& values) const {
    expects(percent >= 0.0 && percent <= 100.0, "tensorrt::percentile: ", percent, " is outside 0..100");
    const torch::histogram& h = values.bins();
    if (h.counts.empty()) {
      return {};
    }
    const double total = static_cast<double>(values.count());
    double below = 0.0;
    std::size_t i = 0;
    for (; i < h.counts.size(); ++i) {
      below += h.counts[i] / total;
      if (below >= percent / 100.0) {
        break;
      }
    }
    const float amax = h.edges[std::min(i, h.edges.size() - 1)];
    return {0.0f - amax, amax};
  }
};

using entropy_observer = searched_observer<magnitude_histogram, entropy>;
using least_squares_observer = searched_observer<magnitude_histogram, least_squares>;
using percentile_observer = searched_observer<magnitude_histogram, percentile>;
static_assert(observer<entropy_observer> && observer<least_squares_observer> && observer<percentile_observer>);

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::tensorrt
