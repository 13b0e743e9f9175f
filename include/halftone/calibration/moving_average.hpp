// SPDX-License-Identifier: MIT
// Halftone: the observer of moving averages of the ends of batches.
#pragma once

#include <halftone/calibration/observer.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// The first batch sets the ends, each later one moves them: end += constant * (end of the batch - end), each step rounded to float.
/// Source: PyTorch's MovingAverageMinMaxObserver.
/// The order of batches and what is a batch matter. merge gives what the batches of `other`, coming after, would have given, up to
/// rounding: with n of them and f the ends of the first,  other's end + (1 - constant)^n * (end - f).
class moving_average_observer {
 public:
  static constexpr bool order_free = false;

  /// @param constant  how far a batch moves the ends, 0 < constant <= 1
  explicit moving_average_observer(float constant = 0.01f) : constant_(constant) {
    expects(constant > 0.0f && constant <= 1.0f, "moving_average_observer: the constant is ", constant, ", outside 0..1");
  }
  void observe(matrix_view<const float> x) {
    if (const halftone::range r = isa_detail::range_of_batch(x, "moving_average_observer"); !x.empty()) {
      observe_range(r, x.rows() * x.cols());
    }
  }
  void observe_range(halftone::range r, std::uint64_t values) noexcept {
    if (count_ == 0) {
      first_ = range_ = r;
    } else {
      range_ = {range_.min + product(constant_, bounded(r.min - range_.min)),
                range_.max + product(constant_, bounded(r.max - range_.max))};
    }
    kept_ *= 1.0 - static_cast<double>(constant_);
    count_ += values;
  }
  void merge(const moving_average_observer& other) {
    expects(constant_ == other.constant_, "moving_average_observer: merges constants ", constant_, " and ", other.constant_);
    if (count_ == 0 || other.count_ == 0) {
      *this = count_ == 0 ? other : *this;
      return;
    }
    const auto moved = [&](float end, float first, float before) {
      const double difference = static_cast<double>(before) - static_cast<double>(first);
      return static_cast<float>(static_cast<double>(end) + product(other.kept_, difference));
    };
    range_ = {moved(other.range_.min, other.first_.min, range_.min), moved(other.range_.max, other.first_.max, range_.max)};
    kept_ *= other.kept_;
    count_ += other.count_;
  }
  [[nodiscard]] halftone::range range() const noexcept { return range_; }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

 private:
  /// Ends of opposite signs may be farther apart than all floats.
  [[nodiscard]] static float bounded(float difference) noexcept {
    return maximum(minimum(difference, std::numeric_limits<float>::max()), std::numeric_limits<float>::lowest());
  }
  float constant_;
  halftone::range range_{};
  halftone::range first_{};
  double kept_ = 1.0;  // (1 - constant) to the number of batches
  std::uint64_t count_ = 0;
};

static_assert(range_observer<moving_average_observer>);

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
