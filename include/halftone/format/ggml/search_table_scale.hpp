// SPDX-License-Identifier: MIT
// Halftone: ggml's search for the scale of IQ4_NL and IQ4_XS: least squares over entries of a table.
#pragma once

#include <halftone/format/ggml/group_columns.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml {

/// In each column the entry of an ascending table nearest to v, or its index; between two entries the upper one, which NaN
/// takes, too, to the last.
template <class Table>
struct nearest_in_table {
  [[nodiscard]] HALFTONE_INLINE static columns entry(const columns& v) noexcept {
    return last_reached(v, [](std::size_t i) { return Table::entries[i]; });
  }
  [[nodiscard]] HALFTONE_INLINE static columns index(const columns& v) noexcept {
    return last_reached(v, [](std::size_t i) { return static_cast<float>(i); });
  }

 private:
  template <class Value>
  [[nodiscard]] HALFTONE_INLINE static columns last_reached(const columns& v, const Value& value) noexcept {
    columns found = columns::broadcast(value(0));
    for (std::size_t i = 1; i < Table::entries.size(); ++i) {
      const float middle = (Table::entries[i - 1] + Table::entries[i]) * 0.5f;  // exact: small integers
      found = where_greater(columns::broadcast(middle), v, found, columns::broadcast(value(i)));
    }
    return found;
  }
};

/// Scales of sixteen groups.
///
/// M is the value of largest magnitude, the first of several, and e the first entry. Candidates are reciprocals: (+ or -) e / M
/// first, then (e + t) / M for t = -tries..tries. Each gives the nearest entries q, and these the best scale
/// sum(w q x) / sum(w q^2); the one that explains most, sum(w q x)^2 / sum(w q^2), wins. A group whose magnitudes are below
/// 1e-15 has scale 0.
/// @param tries  -1: none but the first, with the sign of ggml's quantize_row_iq4_nl_ref
/// @param first  the first reciprocal, which that function keeps its codes from
/// Cost: 2 tries + 2 passes over the groups. Source: ggml-quants.c.
template <class Table, std::size_t N>
[[nodiscard]] columns search_table_scale(int tries, const group_columns<N>& x, const group_columns<N>& w, columns& first) noexcept {
  const columns zero = columns::zero();
  columns extreme = zero;
  columns largest = zero;
  for (std::size_t i = 0; i < N; ++i) {
    extreme = where_greater(magnitude(x[i]), largest, x[i], extreme);
    largest = where_greater(magnitude(x[i]), largest, magnitude(x[i]), largest);
  }
  struct sums {
    columns products, squares;
  };
  const auto sums_for = [&](const columns& reciprocal) HALFTONE_INLINE_LAMBDA {
    sums s{columns::zero(), columns::zero()};
    for (std::size_t i = 0; i < N; ++i) {
      const columns value = x[i];
      const columns entry = nearest_in_table<Table>::entry(product(reciprocal, value));
      const columns weighted = product(w[i], entry);
      s.products = s.products + product(weighted, value);
      s.squares = s.squares + product(weighted, entry);
    }
    return s;
  };
  const float e = Table::entries[0];
  first = columns::broadcast(1.0f) / ((tries > 0 ? zero - extreme : extreme) / columns::broadcast(e));
  const sums start = sums_for(first);
  columns scale = where_greater(start.squares, zero, start.products / start.squares, zero);
  columns best = product(scale, start.products);
  for (int t = -tries; t <= tries; ++t) {
    const sums s = sums_for(columns::broadcast(static_cast<float>(t) + e) / extreme);
    const columns candidate = s.products / s.squares;
    const columns gain = product(s.products, s.products);
    const columns needed = where_greater(s.squares, zero, product(best, s.squares), gain);
    scale = where_greater(gain, needed, candidate, scale);
    best = where_greater(gain, needed, product(candidate, s.products), best);
  }
  const columns tiny = columns::broadcast(1e-15f);
  first = where_greater(tiny, largest, zero, first);
  return where_greater(tiny, largest, zero, scale);
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml
