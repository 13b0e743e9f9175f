// SPDX-License-Identifier: MIT
// Halftone: clipping by grid search in another norm than the square. The `mse` option of GPTQ's quantizer (Frantar et al.,
// arXiv:2210.17323, code): norm 2.4, factors 1, 0.99, ..., 0.21.
#pragma once

#include <halftone/ptq/objective.hpp>
#include <halftone/ptq/power.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq {

/// An estimator: the mapping of the group's range times 1 - i / grid for i = 0, ..., steps; the least
///   sum of importance |x - real(code(x))|^norm
/// as stored, on a tie the wider range. Never worse than `min_max` in that sum. `clip_search` (scheme/) is the square's, before storage.
/// Cost: steps + 1 passes with a power a value; without powers where the norm is 2.
struct norm_clip {
  unsigned grid = 100;
  unsigned steps = 79;  ///< at most grid
  float norm = 2.4f;    ///< above 0

  template <scheme_type Scheme>
    requires scalar_element<typename Scheme::element_type>
  [[nodiscard]] group_parameters fit(std::span<const float> values, const Scheme& s) const noexcept {
    return fit(values, std::span<const float>(), s);
  }
  template <scheme_type Scheme>
    requires scalar_element<typename Scheme::element_type>
  [[nodiscard]] group_parameters fit(std::span<const float> values, std::span<const float> importance, const Scheme& s) const noexcept {
    const range whole = range_of(values);
    group_parameters best = s.mapping.choose(whole, s.element);
    double least = std::numeric_limits<double>::infinity();
    for (unsigned i = 0; i <= steps; ++i) {
      const float factor = 1.0f - static_cast<float>(i) / static_cast<float>(grid);
      const group_parameters p = as_stored(s.mapping.choose({product(whole.min, factor), product(whole.max, factor)}, s.element), values, s);
      if (can_be_stored<Scheme>(p)) {
        const double error = error_of(values, importance, p, s);
        best = error < least ? p : best;
        least = error < least ? error : least;
      }
    }
    return best;
  }

  /// The sum that is minimized.
  template <scheme_type Scheme>
  [[nodiscard]] double error_of(std::span<const float> values, std::span<const float> importance, const group_parameters& p,
                                const Scheme& s) const noexcept {
    if (norm == 2.0f) {
      return weighted_error_of(values, importance, p, s);
    }
    const float factor = Scheme::factor_of(p);
    double sum = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const float difference = values[i] - s.real(s.element.decode(encode_value(values[i], p, factor, s, i)), p);
      const double error = power(static_cast<double>(magnitude(difference)), static_cast<double>(norm));
      sum += product(importance.empty() ? 1.0 : static_cast<double>(importance[i]), error);
    }
    return sum;
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq
