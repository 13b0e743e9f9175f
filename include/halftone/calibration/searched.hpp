// SPDX-License-Identifier: MIT
// Halftone: an observer of two parts: what collects values, and what finds a range in what was collected.
#pragma once

#include <halftone/calibration/value_counts.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Collects by `Collector` (observe, merge, ends, count) and finds ranges by `Search`: search(collector) -> range. The range is asked
/// for once, after the last batch: a search may take milliseconds.
template <class Collector, class Search>
class searched_observer {
 public:
  static constexpr bool order_free = std::is_same_v<Collector, value_counts>;

  explicit searched_observer(const Search& search = Search{}, const Collector& collector = Collector{}) : search_(search), collector_(collector) {}
  void observe(matrix_view<const float> x) { collector_.observe(x); }
  void merge(const searched_observer& other) { collector_.merge(other.collector_); }
  [[nodiscard]] halftone::range range() const { return count() == 0 ? halftone::range{} : search_(collector_); }
  [[nodiscard]] std::uint64_t count() const noexcept { return collector_.count(); }
  [[nodiscard]] const Collector& collector() const noexcept { return collector_; }

 private:
  Search search_;
  Collector collector_;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
