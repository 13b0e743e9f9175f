// SPDX-License-Identifier: MIT
// Halftone: ggml's search for a scale (its make_qx): levels -n..n-1, weighted least squares over nineteen candidates.
#pragma once

#include <halftone/format/ggml/group_columns.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml {

/// Scales of sixteen groups, and codes (level + n) that go with them.
///
/// M is the value of largest magnitude, the first of several. Candidates are reciprocals 1/s = -(n + t/10) / M for t = 0 and
/// then -9..9: each gives levels l = clamp(nearest(x / s)), and these the best scale sum(w x l) / sum(w l^2). The candidate
/// that explains most, sum(w x l)^2 / sum(w l^2), wins; its levels are kept as the candidate found them.
/// A group whose magnitudes are below 1e-15 has scale 0 and codes 0.
///
/// @tparam Exact  whether x may hold what is not finite
/// @param w       weights of the squared errors
/// Cost: twenty passes over the groups. Source: ggml-quants.c.
template <bool Exact, std::size_t N>
[[nodiscard]] columns search_scale(float n, const group_columns<N>& x, const group_columns<N>& w,
                                   group_columns<N>& codes) noexcept {
  const columns zero = columns::zero();
  columns extreme = zero;
  columns largest = zero;
  group_columns<N> wx;
  for (std::size_t i = 0; i < N; ++i) {
    const columns value = x[i];
    extreme = where_greater(magnitude(value), largest, value, extreme);
    largest = where_greater(magnitude(value), largest, magnitude(value), largest);
    wx.set(i, product(w[i], value));
  }

  struct sums {
    columns products, squares;
  };
  const auto sums_for = [&](const columns& reciprocal) HALFTONE_INLINE_LAMBDA {
    sums s{columns::zero(), columns::zero()};
    for (std::size_t i = 0; i < N; ++i) {
      const columns level = nearest_levels<Exact>(product(reciprocal, x[i]), -n, n - 1.0f);
      s.products = s.products + product(wx[i], level);
      s.squares = s.squares + product(product(w[i], level), level);
    }
    return s;
  };

  columns best_reciprocal = columns::broadcast(-n) / extreme;
  const sums first = sums_for(best_reciprocal);
  columns scale = where_greater(magnitude(first.squares), zero, first.products / first.squares, zero);
  columns best = product(scale, first.products);
  for (int t = -9; t <= 9; ++t) {
    if (t == 0) {
      continue;
    }
    const columns reciprocal = columns::broadcast(-(n + product(0.1f, static_cast<float>(t)))) / extreme;
    const sums s = sums_for(reciprocal);
    const columns candidate = s.products / s.squares;
    const columns gain = product(s.products, s.products);
    // Both conditions in one choice: a candidate without squares gains nothing.
    const columns needed = where_greater(s.squares, zero, product(best, s.squares), gain);
    best_reciprocal = where_greater(gain, needed, reciprocal, best_reciprocal);
    scale = where_greater(gain, needed, candidate, scale);
    best = where_greater(gain, needed, product(candidate, s.products), best);
  }

  const columns tiny = columns::broadcast(1e-15f);
  for (std::size_t i = 0; i < N; ++i) {
    const columns level = nearest_levels<Exact>(product(best_reciprocal, x[i]), -n, n - 1.0f);
    codes.set(i, where_greater(tiny, largest, zero, level + columns::broadcast(n)));
  }
  return where_greater(tiny, largest, zero, scale);
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml
