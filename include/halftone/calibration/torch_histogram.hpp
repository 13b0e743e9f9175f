// SPDX-License-Identifier: MIT
// Halftone: PyTorch's HistogramObserver: a histogram that is stretched as the range grows, and a search for the ends with the least
// squared error.
//
// Source: torch.ao.quantization.HistogramObserver, 2.15; its search is caffe2's NormMinimization.
#pragma once

#include <halftone/calibration/torch_arithmetic.hpp>

#include <cmath>

namespace halftone::inline v0_1::inline HALFTONE_ISA::torch {

/// Bins between the smallest and the largest value so far. A batch that reaches farther has the old bins spread over wider ones,
/// sixteen parts of a bin each going to the bin in which its middle lies: the order of batches matters. merge spreads the bins of
/// both in that way; the number of values stays (up to the rounding of floats), and where both have the same ends, merge is exact.
/// The search moves, from the whole range on, the end that passes more bins for another 1e-5 of the values, until the squared error
/// of 2^bits levels grows: the first minimum, not always the least, nor always less than that of the whole range. Values of bins lie evenly between their edges.
/// Errors: a NaN or an infinity (PyTorch drops infinities). Memory: 16 bytes a bin; 400 KiB while bins are spread.
class histogram_observer {
 public:
  static constexpr bool order_free = false;

  /// @param bins  at least 2
  /// @param bits  of the codes, 1..16
  explicit histogram_observer(std::size_t bins = 2048, unsigned bits = 8) : counts_(bins), levels_(static_cast<float>(1u << bits % 32)) {
    expects(bins >= 2 && bins <= (1u << 20), "torch::histogram_observer: ", bins, " bins");
    expects(bits >= 1 && bits <= 16, "torch::histogram_observer: ", bits, " bits");
  }
  void observe(matrix_view<const float> x) {
    if (x.empty()) {
      return;
    }
    const halftone::range r = isa_detail::range_of_batch(x, "torch::histogram_observer");
    std::vector<double> fresh(counts_.size());
    const halftone::range wider = count_ == 0 ? r : joined(range_, r);
    for (std::size_t row = 0; row < x.rows(); ++row) {
      histc(x.row_data(row), x.cols(), wider.min, wider.max, fresh);
    }
    take(std::vector<float>(fresh.begin(), fresh.end()), wider);
    count_ += x.rows() * x.cols();
  }
  void merge(const histogram_observer& other) {
    expects(counts_.size() == other.counts_.size() && levels_ == other.levels_, "torch::histogram_observer: merges ", counts_.size(),
            " bins for ", levels_, " levels and ", other.counts_.size(), " for ", other.levels_);
    if (count_ == 0 || other.count_ == 0) {
      *this = count_ == 0 ? other : *this;
      return;
    }
    const halftone::range wider = joined(range_, other.range_);
    take(spread(other.counts_, other.range_, wider), wider);
    count_ += other.count_;
  }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  /// Smallest and largest value.
  [[nodiscard]] halftone::range ends() const noexcept { return range_; }
  [[nodiscard]] std::span<const float> counts() const noexcept { return counts_; }

  [[nodiscard]] halftone::range range() const {
    if (count_ == 0) {
      return {};
    }
    const float width = (range_.max - range_.min) / static_cast<float>(counts_.size());
    const double total = static_cast<double>(sum(counts_));
    std::vector<float> below(counts_.size());
    double running = 0.0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      below[i] = static_cast<float>(running += static_cast<double>(counts_[i]));
    }
    double alpha = 0.0, beta = 1.0;
    constexpr double step = 1e-5;
    std::size_t start = 0, end = counts_.size() - 1;
    double least = std::numeric_limits<double>::infinity();
    while (alpha < beta) {
      const double next_alpha = alpha + step, next_beta = beta - step;
      const auto low = static_cast<float>(product(next_alpha, total)), high = static_cast<float>(product(next_beta, total));
      std::size_t left = start, right = end;
      while (left < end && below[left] < low) {
        ++left;
      }
      while (right > start && below[right] > high) {
        --right;
      }
      std::size_t next_start = start, next_end = end;
      if (left - start > end - right) {
        next_start = left;
        alpha = next_alpha;
      } else {
        next_end = right;
        beta = next_beta;
      }
      if (next_start == start && next_end == end) {
        continue;
      }
      const double error = squared_error(next_start, next_end);
      if (error > least) {
        break;
      }
      least = error;
      start = next_start;
      end = next_end;
    }
    return {range_.min + product(width, static_cast<float>(start)), range_.min + product(width, static_cast<float>(end + 1))};
  }

  /// What the search wants least: the squared error of levels between bins `start` and `end`, both included.
  [[nodiscard]] double squared_error(std::size_t start, std::size_t end) const {
    const double bin = (static_cast<double>(range_.max) - static_cast<double>(range_.min)) / static_cast<double>(counts_.size());
    const double level = bin * static_cast<double>(end - start + 1) / static_cast<double>(levels_);
    if (level == 0.0) {
      return 0.0;
    }
    const auto bin_width = static_cast<float>(bin), level_width = static_cast<float>(level), half = static_cast<float>(level / 2.0);
    const auto level_of = [&](float at) {
      return minimum(maximum(floor_of_quotient(at, level_width), 0.0f), levels_ - 1.0f);
    };
    const float whole = cubes(-half, half);
    std::vector<float> errors(counts_.size());
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      const float begins = product(static_cast<float>(static_cast<double>(i) - static_cast<double>(start)), bin_width);
      const float ends = begins + bin_width;
      const float first = level_of(begins), last = level_of(ends);
      const float density = counts_[i] / bin_width;
      const float of_first = product(first + 0.5f, level_width);
      const float of_last = product(last, level_width) + half;
      float error = product(density, cubes(begins - of_first, half));
      error += product(last - first - 1.0f, product(density, whole));
      errors[i] = error + product(density, cubes(-half, ends - of_last));
    }
    return static_cast<double>(sum(errors));
  }

 private:
  [[nodiscard]] static halftone::range joined(halftone::range a, halftone::range b) noexcept {
    return {minimum(b.min, a.min), maximum(b.max, a.max)};
  }
  /// (end^3 - begin^3) / 3
  [[nodiscard]] static float cubes(float begin, float end) noexcept {
    return (product(product(end, end), end) - product(product(begin, begin), begin)) / 3.0f;
  }
  /// torch.div(a, b, rounding_mode="floor"), b > 0
  [[nodiscard]] static float floor_of_quotient(float a, float b) noexcept {
    float rest = std::fmod(a, b);
    float quotient = (a - rest) / b;
    quotient -= rest < 0.0f ? 1.0f : 0.0f;
    float floor = std::floor(quotient);
    return floor + (quotient - floor > 0.5f ? 1.0f : 0.0f);
  }
  /// Adds counts of the range `wider`, over which the own bins are spread first.
  void take(const std::vector<float>& fresh, halftone::range wider) {
    if (count_ != 0 && (wider.min != range_.min || wider.max != range_.max)) {
      counts_ = spread(counts_, range_, wider);
    }
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      counts_[i] = count_ == 0 ? fresh[i] : counts_[i] + fresh[i];
    }
    range_ = wider;
  }
  /// The counts of a narrower range over the bins of a wider one.
  [[nodiscard]] static std::vector<float> spread(const std::vector<float>& counts, halftone::range from, halftone::range to) {
    const std::size_t bins = counts.size();
    if (from.min == to.min && from.max == to.max) {
      return counts;
    }
    std::vector<double> moved(bins);
    if (from.min == from.max) {
      histc(&from.min, 1, to.min, to.max, moved);
      std::vector<float> all(moved.begin(), moved.end());
      const float total = sum(counts);
      std::ranges::transform(all, all.begin(), [&](float x) { return product(x, total); });
      return all;
    }
    constexpr std::size_t parts = 16;
    const float half = product(0.5f, (from.max - from.min) / static_cast<float>(bins * parts));
    const std::vector<float> begins = linspace(from.min, from.max, bins * parts + 1);
    const std::vector<float> edges = linspace(to.min, to.max, bins + 1);
    for (std::size_t i = 0; i < bins * parts; ++i) {
      const auto after = std::ranges::upper_bound(edges, begins[i] + half) - edges.begin();
      const auto bin = std::min<std::ptrdiff_t>(std::max<std::ptrdiff_t>(after - 1, 0), static_cast<std::ptrdiff_t>(bins) - 1);
      moved[static_cast<std::size_t>(bin)] += static_cast<double>(counts[i / parts] / static_cast<float>(parts));
    }
    return {moved.begin(), moved.end()};
  }

  std::vector<float> counts_;
  float levels_;
  halftone::range range_{};
  std::uint64_t count_ = 0;
};

static_assert(observer<histogram_observer>);

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::torch
