// SPDX-License-Identifier: MIT
// Halftone: the parameters of every group, with the ranges of runs found sixteen values at a time.
#pragma once

#include <halftone/quantize/run_range.hpp>
#include <halftone/reference/quantize.hpp>

#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Range of each group, as far as the mapping looks at it, from the ranges of its runs. Throws what `expects_finite` throws.
template <class Scheme>
  requires constant_along_k<typename Scheme::granularity_type>
[[nodiscard]] std::vector<range> ranges_of_groups(matrix_view<const float> w, const quantized_matrix<Scheme>& q) {
  std::vector<range> ranges(q.group_count());
  std::vector<bool> seen(q.group_count(), false);
  using ends = ends_for<default_arch, typename Scheme::mapping_type>;
  const std::size_t run = std::max<std::size_t>(q.scheme().granularity.run_length(w.shape()), 1);
  for (std::size_t row = 0; row < w.rows(); ++row) {
    for (std::size_t k = 0; k < w.cols(); k += run) {
      const finite_range r = range_of_run<default_arch, ends>(w.row_data(row) + k, std::min(run, w.cols() - k));
      if (!r.finite) {
        expects_finite(w, "quantize");
      }
      const std::size_t g = q.group_of(row, k);
      ranges[g] = seen[g] ? range{minimum(r.values.min, ranges[g].min), maximum(r.values.max, ranges[g].max)} : r.values;
      seen[g] = true;
    }
  }
  return ranges;
}

/// What `reference::fit_groups` gives; for the default estimator without gathering values.
template <scheme_type Scheme, class Estimator>
[[nodiscard]] std::vector<group_parameters> fit_groups(matrix_view<const float> w, const Estimator& estimator,
                                                       const quantized_matrix<Scheme>& q) {
  if constexpr (std::is_same_v<Estimator, min_max> && constant_along_k<typename Scheme::granularity_type> &&
                !chooses_scale_by_values<Scheme>) {
    const std::vector<range> ranges = ranges_of_groups(w, q);
    const Scheme s = reference::scheme_for(w, q.scheme());
    std::vector<group_parameters> parameters(ranges.size());
    for (std::size_t g = 0; g < ranges.size(); ++g) {
      parameters[g] = s.mapping.choose(ranges[g], s.element);
      expects_parameters<Scheme>(parameters[g], g);
    }
    return parameters;
  } else {
    expects_finite(w, "quantize");
    return reference::fit_groups(w, estimator, q);
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
