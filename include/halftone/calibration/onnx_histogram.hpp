// SPDX-License-Identifier: MIT
// Halftone: onnxruntime's calibrators: a histogram around zero, and its ranges by entropy and by percentiles.
//
// Source: HistogramCollector of onnxruntime 1.32 (quantization/calibrate.py), collect_value, compute_entropy, compute_percentile.
#pragma once

#include <halftone/calibration/numpy_arithmetic.hpp>
#include <halftone/calibration/searched.hpp>

#include <cmath>

namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx {

/// Bins of equal width from -t to t, t the largest magnitude of the first batch; a batch that reaches farther adds as many bins at
/// both ends as it needs. So batches and their order matter.
/// merge: each bin of the other goes to the bin in which its middle lies; the number of values stays. Errors: a NaN or an infinity;
/// a value that needs more than 2^24 bins. Memory: 12 bytes a bin.
class centered_histogram {
 public:
  /// @param bins  of the first batch, at least 2
  explicit centered_histogram(std::size_t bins = 2048) : counts_(bins) {
    expects(bins >= 2 && bins <= most_bins, "onnx::centered_histogram: ", bins, " bins");
  }
  void observe(matrix_view<const float> x) {
    if (x.empty()) {
      return;
    }
    const range r = isa_detail::range_of_batch(x, "onnx::centered_histogram");
    reach(maximum(magnitude(r.min), magnitude(r.max)));
    for (std::size_t row = 0; row < x.rows(); ++row) {
      numpy::add_histogram(x.row_data(row), x.cols(), edges_, counts_);
    }
    ends_ = count_ == 0 ? r : range{minimum(r.min, ends_.min), maximum(r.max, ends_.max)};
    count_ += x.rows() * x.cols();
  }
  void merge(const centered_histogram& other) {
    if (count_ == 0 || other.count_ == 0) {
      *this = count_ == 0 ? other : *this;
      return;
    }
    reach(other.threshold_);
    for (std::size_t i = 0; i < other.counts_.size(); ++i) {
      const float middle = product(0.5f, other.edges_[i]) + product(0.5f, other.edges_[i + 1]);
      const auto after = std::ranges::upper_bound(edges_, middle) - edges_.begin();
      counts_[std::min(static_cast<std::size_t>(std::max<std::ptrdiff_t>(after - 1, 0)), counts_.size() - 1)] += other.counts_[i];
    }
    ends_ = {minimum(other.ends_.min, ends_.min), maximum(other.ends_.max, ends_.max)};
    count_ += other.count_;
  }
  [[nodiscard]] std::span<const float> edges() const noexcept { return edges_; }
  [[nodiscard]] std::span<const double> counts() const noexcept { return counts_; }
  [[nodiscard]] range ends() const noexcept { return ends_; }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

 private:
  static constexpr std::size_t most_bins = std::size_t{1} << 24;

  void set_edges(float threshold, std::size_t bins) {
    threshold_ = threshold;
    counts_.resize(bins);
    edges_ = threshold == 0.0f ? numpy::histogram_edges(-0.5f, 0.5f, bins) : numpy::histogram_edges(-threshold, threshold, bins);
  }
  void reach(float threshold) {
    if (count_ == 0) {
      set_edges(threshold, counts_.size());
    } else if (threshold > threshold_ && threshold_ == 0.0f) {
      set_edges(threshold, counts_.size());
    } else if (threshold > threshold_) {
      const float stride = product(2.0f, threshold_) / static_cast<float>(counts_.size());
      const float more = std::floor((threshold - threshold_) / stride) + 1.0f;
      expects(more >= 1.0f && more <= static_cast<float>(most_bins), "onnx::centered_histogram: a value of ", threshold, " needs ", more,
              " bins more of ", stride);
      const auto half = static_cast<std::size_t>(more);
      counts_.insert(counts_.begin(), half, 0.0);
      set_edges(product(more, stride) + threshold_, counts_.size() + half);
    }
  }
  std::vector<float> edges_;
  std::vector<double> counts_;
  float threshold_ = 0.0f;
  range ends_{};
  std::uint64_t count_ = 0;
};

/// From the middle bin outward, the symmetric window with the least KL(P || Q) of smoothed distributions: P the window with all else
/// in its end bins, Q `levels` equal runs of it, whole numbers spread over their bins that are not empty. The first minimum, not beyond
/// the values. With as many bins as levels, onnxruntime's default, there is one window: the middle.
struct entropy {
  std::size_t levels = 128;

  [[nodiscard]] range operator()(const centered_histogram& values) const {
    const std::size_t bins = values.counts().size();
    const std::size_t middle = bins / 2;
    if (middle < levels / 2) {
      return values.ends();
    }
    range best{};
    float least = std::numeric_limits<float>::infinity();
    for (std::size_t i = levels / 2; i <= middle; ++i) {
      const std::size_t start = middle - i, end = std::min(middle + i + 1, bins);
      const float d = divergence(values.counts(), start, end);
      if (i == levels / 2 || d < least) {
        least = d;
        best = {values.edges()[start], values.edges()[end]};
      }
    }
    return {maximum(best.min, values.ends().min), minimum(best.max, values.ends().max)};
  }

  /// Of bins start..end - 1, in float as NumPy sums; logarithms are rounded from double.
  [[nodiscard]] float divergence(std::span<const double> counts, std::size_t start, std::size_t end) const {
    const std::size_t size = end - start;
    std::vector<double> p(counts.begin() + static_cast<std::ptrdiff_t>(start), counts.begin() + static_cast<std::ptrdiff_t>(end)), q(size);
    const std::vector<double> window = p;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      (i < start ? p.front() : p.back()) += i < start || i >= end ? counts[i] : 0.0;
    }
    const std::size_t run = size / levels;
    for (std::size_t level = 0; level < levels; ++level) {
      double all = 0.0, full = 0.0;
      for (std::size_t j = level * run; j < (level + 1) * run; ++j) {
        all += window[j];
        full += p[j] != 0.0 ? 1.0 : 0.0;
      }
      for (std::size_t j = levels * run; j < size && level + 1 == levels; ++j) {
        all += window[j];
      }
      std::fill_n(q.begin() + static_cast<std::ptrdiff_t>(level * run), full == 0.0 ? 0 : run, full == 0.0 ? 0.0 : std::trunc(all / full));
    }
    std::vector<float> a, b;
    if (!smooth(p, a) || !smooth(q, b)) {
      return std::numeric_limits<float>::infinity();
    }
    const float all_a = numpy::sum<float>(a), all_b = numpy::sum<float>(b);
    for (std::size_t j = 0; j < size; ++j) {
      const float x = a[j] / all_a, y = b[j] / all_b;
      a[j] = product(x, static_cast<float>(std::log(static_cast<double>(x / y))));
    }
    return numpy::sum<float>(a);
  }

 private:
  /// Zeros become 1e-4, what is not zero pays for it; false where all are zero.
  [[nodiscard]] static bool smooth(std::span<const double> p, std::vector<float>& smoothed) {
    const auto zeros = static_cast<double>(std::ranges::count(p, 0.0));
    const double others = static_cast<double>(p.size()) - zeros;
    if (others == 0.0) {
      return false;
    }
    const auto paid = static_cast<float>(-(product(1e-4, zeros) / others));
    smoothed.resize(p.size());
    std::ranges::transform(p, smoothed.begin(), [&](double x) { return static_cast<float>(x) + (x == 0.0 ? 1e-4f : paid); });
    return true;
  }
};

/// The edges of the bins at which the distribution function reaches half of what `percent` leaves out, and 1 less that.
struct percentile {
  double percent = 99.999;

  [[nodiscard]] range operator()(const centered_histogram& values) const {
    expects(percent >= 0.0 && percent <= 100.0, "onnx::percentile: ", percent, " is outside 0..100");
    const double total = static_cast<double>(values.count());
    const double cut = (100.0 - percent) / 200.0;
    const auto edge_at = [&](double part) {
      double below = 0.0;
      std::size_t i = 0;
      for (; i < values.counts().size(); ++i) {
        below += values.counts()[i] / total;
        if (below >= part) {
          break;
        }
      }
      return values.edges()[i];
    };
    return {maximum(edge_at(cut), values.ends().min), minimum(edge_at(1.0 - cut), values.ends().max)};
  }
};

using entropy_observer = searched_observer<centered_histogram, entropy>;
using percentile_observer = searched_observer<centered_histogram, percentile>;
static_assert(observer<entropy_observer> && observer<percentile_observer>);

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx
