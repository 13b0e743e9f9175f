// SPDX-License-Identifier: MIT
// Halftone: percentiles of values.
#pragma once

#include <halftone/calibration/searched.hpp>

#include <utility>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// The least range that holds `percent` of the values: as many, rounded down, are cut at each end; with `symmetric`, the values of
/// the largest magnitudes are cut, and the range is -a..a, not beyond the ends of the values. One value stays in any case.
/// Ends are those of bins, at most 2^-10 of their magnitude outside; 100 gives the smallest and the largest value.
struct percentile {
  double percent = 99.99;
  bool symmetric = false;

  [[nodiscard]] range operator()(const value_counts& values) const {
    expects(percent >= 0.0 && percent <= 100.0, "percentile: ", percent, " is outside 0..100");
    std::vector<counted_bin> bins = values.bins();
    const std::uint64_t ends = symmetric ? 1 : 2;
    const double outside = product((100.0 - percent) / 100.0, static_cast<double>(values.count()));
    const std::uint64_t cut =
        std::min(static_cast<std::uint64_t>(outside / static_cast<double>(ends)), (values.count() - 1) / ends);
    if (symmetric) {
      std::ranges::sort(bins, {}, [](const counted_bin& b) { return std::pair(magnitude(b.outer), b.outer); });
      const float a = magnitude(first_kept(bins.rbegin(), cut).outer);
      return {maximum(-a, values.ends().min), minimum(a, values.ends().max)};
    }
    const counted_bin low = first_kept(bins.begin(), cut);
    const counted_bin high = first_kept(bins.rbegin(), cut);
    return {minimum(low.inner, low.outer), maximum(high.inner, high.outer)};
  }

 private:
  /// The first bin that is not wholly among the first `cut` values, of which there are more.
  template <class Iterator>
  [[nodiscard]] static counted_bin first_kept(Iterator at, std::uint64_t cut) {
    for (std::uint64_t passed = at->count; passed <= cut; passed += at->count) {
      ++at;
    }
    return *at;
  }
};

using percentile_observer = searched_observer<value_counts, percentile>;
static_assert(observer<percentile_observer>);

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
