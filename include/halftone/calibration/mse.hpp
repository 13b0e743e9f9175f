// SPDX-License-Identifier: MIT
// Halftone: the range whose quantization has the least squared error, for a scheme.
#pragma once

#include <halftone/calibration/searched.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Squared errors of counted values under these parameters, in double, bins in order: of those that a range covers, and of those
/// beyond it, which saturate.
struct counted_errors {
  double covered = 0.0;
  double beyond = 0.0;
};
template <scheme_type Scheme>
  requires scalar_element<typename Scheme::element_type>
[[nodiscard]] counted_errors errors_of(std::span<const counted_bin> bins, range covered, const Scheme& s) {
  const group_parameters p = s.mapping.choose(covered, s.element);
  const float factor = Scheme::factor_of(p);
  counted_errors errors;
  for (const counted_bin& b : bins) {
    const float x = b.value();
    const float difference = x - s.real(s.element.decode(encode_value(x, p, factor, s, 0)), p);
    const double error = product(product(static_cast<double>(difference), static_cast<double>(difference)), static_cast<double>(b.count));
    (x < covered.min || x > covered.max ? errors.beyond : errors.covered) += error;
  }
  return errors;
}

/// Shrinks the range of the values by factors 1, ..., `smallest` in `steps` equal steps and keeps the one whose parameters give
/// the least sum of squared errors; on a tie the wider one. What clip_search is for weights, over a stream: values are the middles
/// of bins of relative width 2^-10. Time: steps + 1 passes over the bins, some ten thousand at most.
template <scheme_type Scheme>
struct least_mse {
  unsigned steps = 100;
  float smallest = 0.01f;
  Scheme scheme{};

  [[nodiscard]] range operator()(const value_counts& values) const {
    const std::vector<counted_bin> bins = values.bins();
    range best{};
    double least = 0.0;
    for (unsigned i = 0; i <= steps; ++i) {
      const range r = candidate(values.ends(), i);
      const counted_errors errors = errors_of(bins, r, scheme);
      if (const double error = errors.covered + errors.beyond; i == 0 || error < least) {
        best = r;
        least = error;
      }
    }
    return best;
  }
  [[nodiscard]] range candidate(range whole, unsigned i) const noexcept {
    const float factor = steps == 0 ? 1.0f : fused(static_cast<float>(i), (smallest - 1.0f) / static_cast<float>(steps), 1.0f);
    return {product(whole.min, factor), product(whole.max, factor)};
  }
};

template <scheme_type Scheme>
using mse_observer = searched_observer<value_counts, least_mse<Scheme>>;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
