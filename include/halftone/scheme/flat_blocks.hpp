// SPDX-License-Identifier: MIT
// Halftone: groups that run on across the ends of rows.
#pragma once

#include <halftone/scheme/granularity.hpp>

namespace halftone::inline v0_1 {

/// One set for each run of N weights of the matrix read row by row, wherever rows end; the last group may be shorter. Weights are
/// packed as floats, since groups change anywhere along k. Source: bitsandbytes' blocks of a flattened tensor.
template <std::size_t N>
struct flat_blocks {
  static_assert(N >= 1, "flat_blocks<N>: a block holds at least one weight");
  [[nodiscard]] static std::string name() { return detail::message("flat_blocks<", N, ">"); }
  [[nodiscard]] HALFTONE_INLINE static constexpr matrix_shape parameter_shape(matrix_shape s) noexcept {
    return s.rows == 0 || s.cols == 0 ? matrix_shape{} : matrix_shape{1, ceil_div(s.rows * s.cols, N)};
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::size_t group_of(std::size_t row, std::size_t k, matrix_shape s) noexcept {
    return (row * s.cols + k) / N;
  }
};

static_assert(granularity<flat_blocks<64>> && !constant_along_k<flat_blocks<64>>);

}  // namespace halftone::inline v0_1
