// SPDX-License-Identifier: MIT
// Halftone: activation order (desc_act): columns of any order in a group, as g_idx says, sorted into groups of neighbours.
//
// A matrix with sorted columns is an ordinary one, with integer kernels and packed rows, which a matrix that looks a table up for each
// column is not. Activations are sorted the same way, once for all layers that share them.
#pragma once

#include <halftone/core/matrix_view.hpp>
#include <halftone/element/bit_packing.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

#include <algorithm>
#include <optional>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::gptq {

/// Which column stands in each place once columns are sorted by their group; within a group they keep their order.
/// @param group_of    a group for each column
/// @param group_size  columns of each group; the last may have fewer
/// @return            none if a group does not exist or has another number of columns
[[nodiscard]] inline std::optional<std::vector<std::uint32_t>> column_order(std::span<const std::int32_t> group_of, std::size_t group_size) {
  const std::size_t columns = group_of.size(), groups = group_size == 0 ? 0 : ceil_div(columns, group_size);
  std::vector<std::size_t> next(groups);
  for (std::size_t g = 0; g < groups; ++g) {
    next[g] = g * group_size;
  }
  std::vector<std::uint32_t> order(columns);
  for (std::size_t k = 0; k < columns; ++k) {
    const auto g = static_cast<std::size_t>(group_of[k]);  // below zero: more than there are
    if (g >= groups || next[g] == std::min((g + 1) * group_size, columns)) {
      return std::nullopt;  // with every group full at most, every group is full
    }
    order[next[g]++] = static_cast<std::uint32_t>(k);
  }
  return order;
}

/// Whether every column is where it was.
[[nodiscard]] inline bool is_natural(std::span<const std::uint32_t> order) noexcept {
  for (std::size_t j = 0; j < order.size(); ++j) {
    if (order[j] != j) {
      return false;
    }
  }
  return true;
}

namespace detail {
/// Checks that `order` has every column once.
inline void expects_permutation(std::span<const std::uint32_t> order, std::size_t columns) {
  expects(order.size() == columns, "gptq::sort_columns: ", order.size(), " places for ", columns, " columns");
  std::vector<bool> placed(columns);
  for (std::size_t j = 0; j < columns; ++j) {
    expects(order[j] < columns && !placed[order[j]], "gptq::sort_columns: place ", j, " has column ", order[j],
            ", which is none of ", columns, " or has a place before");
    placed[order[j]] = true;
  }
}
}  // namespace detail

/// Moves the codes of column order[j] to column j, or with `back` those of column j to column order[j]. Parameters stay.
/// @throws halftone::error if `order` does not have every column once
template <class Scheme>
void sort_columns(quantized_matrix<Scheme>& q, std::span<const std::uint32_t> order, bool back = false) {
  constexpr unsigned bits = Scheme::element_type::bits;
  detail::expects_permutation(order, q.cols());
  std::vector<std::uint8_t> from(q.cols()), to(q.cols());
  for (std::size_t row = 0; row < q.rows(); ++row) {
    unpack_codes<bits>(q.row_codes(row).data(), q.cols(), from.data());
    for (std::size_t j = 0; j < order.size(); ++j) {
      (back ? to[order[j]] : to[j]) = back ? from[j] : from[order[j]];
    }
    pack_codes<bits>(to.data(), q.cols(), q.row_codes(row).data());
  }
}

/// Activations for a matrix with sorted columns: y[i, j] = x[i, order[j]].
/// @throws halftone::error if shapes differ, x and y overlap or `order` does not have every column once
inline void sort_columns(matrix_view<const float> x, std::span<const std::uint32_t> order, matrix_view<float> y) {
  expects(y.shape() == x.shape(), "gptq::sort_columns: x is [", x.rows(), ", ", x.cols(), "], y must be the same");
  expects(!overlap(x, y), "gptq::sort_columns: x and y overlap; y is written while x is still read");
  detail::expects_permutation(order, x.cols());
  for (std::size_t row = 0; row < x.rows(); ++row) {
    for (std::size_t j = 0; j < order.size(); ++j) {
      y(row, j) = x(row, order[j]);
    }
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::gptq
