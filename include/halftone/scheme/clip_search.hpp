// SPDX-License-Identifier: MIT
// Halftone: clipping by grid search.
#pragma once

#include <halftone/scheme/estimator.hpp>

namespace halftone::inline v0_1 {

/// Tries the group's range shrunk by factors 1, ..., `smallest` in `steps` equal steps and keeps the one with the least sum
/// of squared errors; on a tie the wider range. Errors are summed in double, in order, so the choice is the same
/// everywhere. The parameters are tried in full precision, before they are stored.
/// Cost: steps + 1 passes over the group. Source: the `mse` option of GPTQ's quantizer (grid 100, shrink to 0.2).
struct clip_search {
  unsigned steps = 40;
  float smallest = 0.5f;

  template <scheme_type Scheme>
    requires scalar_element<typename Scheme::element_type>
  [[nodiscard]] group_parameters fit(std::span<const float> values, const Scheme& s) const noexcept {
    const range whole = range_of(values);
    group_parameters best{};
    double least = 0.0;
    for (unsigned i = 0; i <= steps; ++i) {
      const float factor = steps == 0 ? 1.0f : fused(static_cast<float>(i), (smallest - 1.0f) / static_cast<float>(steps), 1.0f);
      const group_parameters p =
          s.mapping.choose({product(whole.min, factor), product(whole.max, factor)}, s.element);
      const double error = squared_error_of(values, p, s);
      if (i == 0 || error < least) {
        best = p;
        least = error;
      }
    }
    return best;
  }
};

}  // namespace halftone::inline v0_1
