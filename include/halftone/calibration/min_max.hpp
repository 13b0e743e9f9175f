// SPDX-License-Identifier: MIT
// Halftone: the observer of the smallest and the largest value.
#pragma once

#include <halftone/calibration/observer.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// The smallest and the largest value that came. Source: PyTorch's MinMaxObserver; ModelOpt's MaxCalibrator of magnitudes, whose
/// amax is the larger magnitude of both ends.
class min_max_observer {
 public:
  static constexpr bool order_free = true;

  void observe(matrix_view<const float> x) {
    if (const halftone::range r = isa_detail::range_of_batch(x, "min_max_observer"); !x.empty()) {
      observe_range(r, x.rows() * x.cols());
    }
  }
  void observe_range(halftone::range r, std::uint64_t values) noexcept {
    range_ = count_ == 0 ? r : halftone::range{minimum(r.min, range_.min), maximum(r.max, range_.max)};
    count_ += values;
  }
  void merge(const min_max_observer& other) noexcept {
    if (other.count_ != 0) {
      observe_range(other.range_, other.count_);
    }
  }
  [[nodiscard]] halftone::range range() const noexcept { return range_; }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

 private:
  halftone::range range_{};
  std::uint64_t count_ = 0;
};

static_assert(range_observer<min_max_observer>);

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
