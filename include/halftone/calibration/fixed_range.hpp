// SPDX-License-Identifier: MIT
// Halftone: the observer of a range that is known: of a sigmoid, of a softmax, of a clamp.
#pragma once

#include <halftone/calibration/observer.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// A range that no value changes; values are counted, and not looked at. Source: PyTorch's FixedQParamsObserver.
class fixed_range_observer {
 public:
  static constexpr bool order_free = true;

  /// @param r  finite, r.min <= r.max
  explicit fixed_range_observer(halftone::range r) : range_(r) {
    expects(is_finite(r.min) && is_finite(r.max) && r.min <= r.max, "fixed_range_observer: the range is ", r.min, "..", r.max);
  }
  void observe(matrix_view<const float> x) noexcept { count_ += x.rows() * x.cols(); }
  void observe_range(halftone::range, std::uint64_t values) noexcept { count_ += values; }
  void merge(const fixed_range_observer& other) {
    expects(range_.min == other.range_.min && range_.max == other.range_.max, "fixed_range_observer: merges the ranges ", range_.min,
            "..", range_.max, " and ", other.range_.min, "..", other.range_.max);
    count_ += other.count_;
  }
  [[nodiscard]] halftone::range range() const noexcept { return range_; }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

 private:
  halftone::range range_;
  std::uint64_t count_ = 0;
};

static_assert(range_observer<fixed_range_observer>);

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
