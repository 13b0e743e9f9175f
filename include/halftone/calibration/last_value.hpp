// SPDX-License-Identifier: MIT
// Halftone: the observer of the last batch.
#pragma once

#include <halftone/calibration/observer.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// The smallest and the largest value of the last batch that had any. merge: the last batch is that of `other`, if it had one.
class last_value_observer {
 public:
  static constexpr bool order_free = false;

  void observe(matrix_view<const float> x) {
    if (const halftone::range r = isa_detail::range_of_batch(x, "last_value_observer"); !x.empty()) {
      observe_range(r, x.rows() * x.cols());
    }
  }
  void observe_range(halftone::range r, std::uint64_t values) noexcept {
    range_ = r;
    count_ += values;
  }
  void merge(const last_value_observer& other) noexcept {
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

static_assert(range_observer<last_value_observer>);

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
