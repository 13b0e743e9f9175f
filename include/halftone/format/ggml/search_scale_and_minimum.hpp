// SPDX-License-Identifier: MIT
// Halftone: ggml's search for a scale and a minimum (its make_qkx2 and make_qkx3): levels 0..n, weighted least squares.
#pragma once

#include <halftone/format/ggml/group_columns.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml {

/// Which candidates are tried, and how errors count.
struct minimum_search {
  float levels;        ///< n: the largest code
  float first;         ///< candidates spread n + first, n + first + step, ... codes over the range
  float step;
  int steps;           ///< one candidate fewer than are tried
  bool absolute;       ///< errors count by their magnitudes, not their squares
};

/// What a group decodes with: scale * code + minimum, minimum <= 0.
struct scale_and_minimum_columns {
  columns scale, minimum;
};

/// Scales and minima of sixteen groups, and codes that go with them.
///
/// A candidate is a reciprocal 1/s = (n + first + i step) / (max - m), where m is the minimum of the best candidate so far
/// (that of the values and 0 at first). It gives codes l = clamp(nearest((x - m) / s)), and these the scale and minimum that
/// least squares give; a positive minimum becomes 0. It wins if the weighted error falls. Where all values are one number
/// that is 0 or less, or zero, the scale is 0, the minimum is that number and codes are 0.
/// Cost: two passes over the groups for each candidate. Source: ggml-quants.c.
template <std::size_t N>
[[nodiscard]] scale_and_minimum_columns search_scale_and_minimum(const minimum_search& search, const group_columns<N>& x,
                                                                 const group_columns<N>& w,
                                                                 group_columns<N>& codes) noexcept {
  const columns zero = columns::zero();
  const column_range r = range_of_groups(x);
  columns sum_w = w[0];
  columns sum_x = product(sum_w, x[0]);
  for (std::size_t i = 1; i < N; ++i) {
    sum_w = sum_w + w[i];
    sum_x = sum_x + product(w[i], x[i]);
  }
  columns minimum_of = where_greater(r.low, zero, zero, r.low);
  const columns constant = where_greater(r.high, minimum_of, zero, columns::broadcast(1.0f));
  // Constant groups get a range of their own, so that nothing is divided by 0: no candidate wins there.
  const columns high = where_greater(constant, zero, columns::broadcast(1.0f) - minimum_of, r.high);
  const columns lowest = minimum_of;

  const auto codes_for = [&]<bool Exact>(const columns& reciprocal, const columns& origin, std::size_t i)
                             HALFTONE_INLINE_LAMBDA {
                               return nearest_levels<Exact>(product(reciprocal, x[i] - origin), 0.0f, search.levels);
                             };
  const auto error_of = [&](const columns& scale, const columns& minimum_tried) HALFTONE_INLINE_LAMBDA {
    columns error = columns::zero();
    for (std::size_t i = 0; i < N; ++i) {
      const columns difference = product(scale, codes[i]) + minimum_tried - x[i];
      error = error + product(w[i], search.absolute ? magnitude(difference) : product(difference, difference));
    }
    return error;
  };
  // The values at both ends bound all others.
  const auto ends_are_small = [&](const columns& reciprocal, const columns& origin) HALFTONE_INLINE_LAMBDA {
    return all_small(product(reciprocal, r.low - origin)) && all_small(product(reciprocal, r.high - origin));
  };
  const auto write_codes = [&]<bool Exact>(const columns& reciprocal, const columns& origin) HALFTONE_INLINE_LAMBDA {
    for (std::size_t i = 0; i < N; ++i) {
      codes.set(i, codes_for.template operator()<Exact>(reciprocal, origin, i));
    }
  };
  const auto write_codes_for = [&](const columns& reciprocal, const columns& origin) {
    if (ends_are_small(reciprocal, origin)) {
      write_codes.template operator()<false>(reciprocal, origin);
    } else {
      write_codes.template operator()<true>(reciprocal, origin);
    }
  };

  columns best_reciprocal = columns::broadcast(search.levels) / (high - minimum_of);
  columns best_origin = minimum_of;
  columns scale = columns::broadcast(1.0f) / best_reciprocal;
  write_codes_for(best_reciprocal, best_origin);
  columns best_error = error_of(scale, minimum_of);

  struct sums {
    columns l, ll, xl;
  };
  const auto sums_for = [&]<bool Exact>(const columns& reciprocal, const columns& origin) HALFTONE_INLINE_LAMBDA {
    sums s{columns::zero(), columns::zero(), columns::zero()};
    for (std::size_t i = 0; i < N; ++i) {
      const columns code = codes_for.template operator()<Exact>(reciprocal, origin, i);
      codes.set(i, code);
      const columns weighted = product(w[i], code);
      s.l = s.l + weighted;
      s.ll = s.ll + product(weighted, code);
      s.xl = s.xl + product(weighted, x[i]);
    }
    return s;
  };
  for (int step = 0; step <= search.steps; ++step) {
    const float spread = product(search.step, static_cast<float>(step)) + search.first;
    const columns reciprocal = columns::broadcast(spread + search.levels) / (high - minimum_of);
    const sums s = ends_are_small(reciprocal, minimum_of) ? sums_for.template operator()<false>(reciprocal, minimum_of)
                                                          : sums_for.template operator()<true>(reciprocal, minimum_of);
    const columns determinant = product(sum_w, s.ll) - product(s.l, s.l);
    columns candidate = (product(sum_w, s.xl) - product(sum_x, s.l)) / determinant;
    columns minimum_tried = (product(s.ll, sum_x) - product(s.l, s.xl)) / determinant;
    candidate = where_greater(minimum_tried, zero, s.xl / s.ll, candidate);
    minimum_tried = where_greater(minimum_tried, zero, zero, minimum_tried);
    const columns error = error_of(candidate, minimum_tried);
    // Both conditions in one choice: without a determinant a candidate does not win.
    const columns limit = where_greater(determinant, zero, best_error, error);
    best_reciprocal = where_greater(limit, error, reciprocal, best_reciprocal);
    best_origin = where_greater(limit, error, minimum_of, best_origin);
    scale = where_greater(limit, error, candidate, scale);
    minimum_of = where_greater(limit, error, minimum_tried, minimum_of);
    best_error = where_greater(limit, error, error, best_error);
  }

  write_codes_for(best_reciprocal, best_origin);
  return {where_greater(constant, zero, zero, scale), where_greater(constant, zero, lowest, minimum_of)};
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml
