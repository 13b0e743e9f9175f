// SPDX-License-Identifier: MIT
// Halftone: the histogram of magnitudes that TensorRT's calibrators look at, as ModelOpt collects it.
//
// Source: HistogramCalibrator of nvidia-modelopt 0.47 (torch_hist=True).
#pragma once

#include <halftone/calibration/torch_arithmetic.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::tensorrt {

/// Bins of equal width from 0 to the largest magnitude of the first batch; batches that reach farther append bins of that width. So
/// the first batch matters, and the order of the others does not, up to where the last bin ends. Batches of zeros before the first
/// other value are counted, and join its first bin.
/// merge: each bin of the other goes to the bin in which its middle lies, the number of values stays; where widths are equal, bins
/// go to themselves. Errors: a NaN or an infinity. Memory: 12 bytes a bin; a value of 10^6 times the first ones takes 24 GB with
/// 2048 bins, so bins are at most 2^24.
class magnitude_histogram {
 public:
  /// @param bins  of the first batch, at least 2
  explicit magnitude_histogram(std::size_t bins = 2048) : bins_(bins) {
    expects(bins >= 2 && bins <= most_bins, "tensorrt::magnitude_histogram: ", bins, " bins");
  }
  void observe(matrix_view<const float> x) {
    if (x.empty()) {
      return;
    }
    const range r = isa_detail::range_of_batch(x, "tensorrt::magnitude_histogram");
    const float largest = maximum(magnitude(r.min), magnitude(r.max));
    reach(largest);
    if (h_.edges.empty()) {
      zeros_ += x.rows() * x.cols();
    } else {
      std::vector<float> magnitudes(x.cols());
      for (std::size_t row = 0; row < x.rows(); ++row) {
        std::ranges::transform(x.row(row), magnitudes.begin(), [](float v) { return magnitude(v); });
        torch::histc(magnitudes.data(), x.cols(), 0.0f, h_.edges.back(), h_.counts);
      }
    }
    amax_ = maximum(amax_, largest);
    count_ += x.rows() * x.cols();
  }
  void merge(const magnitude_histogram& other) {
    expects(bins_ == other.bins_, "tensorrt::magnitude_histogram: merges histograms of ", bins_, " and ", other.bins_, " bins");
    if (count_ == 0 || other.count_ == 0) {
      *this = count_ == 0 ? other : *this;
      return;
    }
    if (!other.h_.edges.empty()) {
      if (h_.edges.empty()) {
        h_ = other.h_;
        h_.counts[0] += static_cast<double>(zeros_);
      } else {
        reach(other.amax_);
        add_bins(other.h_);
      }
    }
    (h_.edges.empty() ? static_cast<void>(zeros_ += other.zeros_) : static_cast<void>(h_.counts[0] += zeros_to_add(other)));
    amax_ = maximum(amax_, other.amax_);
    count_ += other.count_;
  }
  /// edges: at least one more than counts; both empty before a value other than zero came.
  [[nodiscard]] const torch::histogram& bins() const noexcept { return h_; }
  [[nodiscard]] float amax() const noexcept { return amax_; }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

 private:
  static constexpr std::size_t most_bins = std::size_t{1} << 24;

  [[nodiscard]] static double zeros_to_add(const magnitude_histogram& other) noexcept {
    return other.h_.edges.empty() ? static_cast<double>(other.zeros_) : 0.0;
  }
  /// Makes the bins reach a magnitude.
  void reach(float largest) {
    if (largest == 0.0f) {
      return;
    }
    if (h_.edges.empty()) {
      h_.edges = torch::linspace(0.0f, largest, bins_ + 1);
      h_.counts.assign(bins_, 0.0);
      h_.counts[0] = static_cast<double>(zeros_);
    } else if (largest > h_.edges.back()) {
      const float width = h_.edges[1] - h_.edges[0];
      const float bins = width > 0.0f ? largest / width : std::numeric_limits<float>::infinity();
      expects(bins <= static_cast<float>(most_bins), "tensorrt::magnitude_histogram: a value of ", largest, " needs ", bins,
              " bins of ", width);
      auto count = static_cast<std::size_t>(bins);
      count += static_cast<float>(count) < bins ? 1 : 0;
      h_.edges = torch::arange(largest + width, width);
      h_.counts.resize(std::max(count, h_.counts.size()));
    }
  }
  void add_bins(const torch::histogram& other) {
    const float width = h_.edges[1] - h_.edges[0];
    for (std::size_t i = 0; i < other.counts.size(); ++i) {
      const float middle = (product(0.5f, other.edges[i]) + product(0.5f, other.edges[std::min(i + 1, other.edges.size() - 1)]));
      h_.counts[std::min(static_cast<std::size_t>(middle / width), h_.counts.size() - 1)] += other.counts[i];
    }
  }
  std::size_t bins_;
  torch::histogram h_;
  std::uint64_t zeros_ = 0;  // before edges are known
  float amax_ = 0.0f;
  std::uint64_t count_ = 0;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::tensorrt
