// SPDX-License-Identifier: MIT
// Halftone: the range with the best ratio of signal to quantization noise, both ends searched, for a scheme.
#pragma once

#include <halftone/calibration/mse.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// The range (a, b) with the least noise: squared errors of values in the range, and `beyond` times those of values that saturate. The
/// signal is the same for all, so this is the best ratio. a and b each go from the end of the values to zero in `steps` equal steps,
/// the last excluded (an end on the other side of zero stays). On a tie the first, wider ends before narrower ones, b before a.
/// Source of the weight 3: AIMET's TF-enhanced scheme. Time: steps^2 passes over the bins.
template <scheme_type Scheme>
struct best_sqnr {
  unsigned steps = 24;
  double beyond = 3.0;
  Scheme scheme{};

  [[nodiscard]] range operator()(const value_counts& values) const {
    const std::vector<counted_bin> bins = values.bins();
    range best = values.ends();
    double least = std::numeric_limits<double>::infinity();
    for (unsigned i = 0; i < (values.ends().min < 0.0f ? steps : 1); ++i) {
      for (unsigned j = 0; j < (values.ends().max > 0.0f ? steps : 1); ++j) {
        const range r{end(values.ends().min, i), end(values.ends().max, j)};
        const counted_errors errors = errors_of(bins, r, scheme);
        if (const double noise = errors.covered + product(beyond, errors.beyond); noise < least) {
          least = noise;
          best = r;
        }
      }
    }
    return best;
  }
  [[nodiscard]] float end(float whole, unsigned step) const noexcept {
    return product(whole, 1.0f - static_cast<float>(step) / static_cast<float>(steps));
  }
};

template <scheme_type Scheme>
using sqnr_observer = searched_observer<value_counts, best_sqnr<Scheme>>;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
