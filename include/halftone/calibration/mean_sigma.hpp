// SPDX-License-Identifier: MIT
// Halftone: the observer of the mean and of standard deviations around it.
#pragma once

#include <halftone/calibration/observer.hpp>
#include <halftone/core/lane_sums.hpp>

#include <cmath>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// mean - k sigma .. mean + k sigma, not beyond the smallest and the largest value; sigma^2 = mean of squares - square of the mean,
/// not below 0. Sums are in double, in sixteen lanes, the same on every machine.
/// Shards that are merged agree with one stream up to the rounding of double sums: of n values, both means are within
/// 2^-52 * n times the mean of magnitudes (and squares) of the exact ones, and mostly far closer.
class mean_sigma_observer {
 public:
  static constexpr bool order_free = false;

  /// @param sigmas  k, not negative
  explicit mean_sigma_observer(double sigmas = 3.0) : sigmas_(sigmas) {
    expects(sigmas >= 0.0 && sigmas < std::numeric_limits<double>::infinity(), "mean_sigma_observer: the range is ", sigmas,
            " standard deviations to each side");
  }
  void observe(matrix_view<const float> x) {
    isa_detail::for_each_finite_run(x, "mean_sigma_observer", 8192, [&](const float* run, std::size_t count, halftone::range r) {
      ends_ = count_ == 0 ? r : halftone::range{minimum(r.min, ends_.min), maximum(r.max, ends_.max)};
      lane_sums values, squares;
      std::size_t i = 0;
      for (; i + lane_sums::count <= count; i += lane_sums::count) {
        for (std::size_t j = 0; j < lane_sums::count; ++j) {
          const auto v = static_cast<double>(run[i + j]);
          values.lane[j] += v;
          squares.lane[j] += v * v;  // exact: safe to contract
        }
      }
      for (; i < count; ++i) {
        const auto v = static_cast<double>(run[i]);
        values.add(i, v);
        squares.add(i, v * v);
      }
      sum_ += values.total();
      squares_ += squares.total();
      count_ += count;
    });
  }
  void merge(const mean_sigma_observer& other) {
    expects(sigmas_ == other.sigmas_, "mean_sigma_observer: merges ", sigmas_, " and ", other.sigmas_, " standard deviations");
    if (other.count_ == 0) {
      return;
    }
    ends_ = count_ == 0 ? other.ends_
                        : halftone::range{minimum(other.ends_.min, ends_.min), maximum(other.ends_.max, ends_.max)};
    sum_ += other.sum_;
    squares_ += other.squares_;
    count_ += other.count_;
  }
  [[nodiscard]] double mean() const noexcept { return count_ == 0 ? 0.0 : sum_ / static_cast<double>(count_); }
  /// The standard deviation of the values that came, not of a larger population.
  [[nodiscard]] double sigma() const noexcept {
    if (count_ == 0) {
      return 0.0;
    }
    const double variance = squares_ / static_cast<double>(count_) - product(mean(), mean());
    return variance > 0.0 ? std::sqrt(variance) : 0.0;
  }
  [[nodiscard]] halftone::range range() const noexcept {
    const double reach = product(sigmas_, sigma());
    // Not beyond values that came: 3 sigma of a skewed distribution may be, and of the largest floats is no float.
    const auto between = [&](double end) {
      return static_cast<float>(std::min(std::max(end, static_cast<double>(ends_.min)), static_cast<double>(ends_.max)));
    };
    return {between(mean() - reach), between(mean() + reach)};
  }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

 private:
  double sigmas_;
  double sum_ = 0.0;
  double squares_ = 0.0;
  halftone::range ends_{};
  std::uint64_t count_ = 0;
};

static_assert(observer<mean_sigma_observer>);

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
