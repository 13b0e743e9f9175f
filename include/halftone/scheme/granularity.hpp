// SPDX-License-Identifier: MIT
// Halftone: which weights of a matrix share parameters.
//
// Required: `name()`, and, for a matrix of shape `s`,
//   parameter_shape(s)      rows and columns of the parameter planes
//   group_of(row, k, s)     which of them weight (row, k) uses: an index into the plane, row-major
// Optional: run_length(s), a number r >= 1 such that within a row the group changes only at multiples of r along k.
//   With it the integer kernels and the packed low-bit layout apply; without it (groups along the rows, permuted groups,
//   blocks that run across rows) the weights are packed as floats.
//   With `one_run_a_group<G>` (a variable to specialize) it promises besides that parameter_shape(s) is
//   {rows, ceil(cols / run_length(s))} and group_of(row, k, s) is row * ceil(cols / run) + k / run: each run of each row is a
//   group of its own, and `quantize` finds parameters and codes of a row while it is in the cache.
// Law: group_of(row, k, s) < parameter_shape(s).rows * parameter_shape(s).cols, and every index has a weight.
#pragma once

#include <halftone/core/arithmetic.hpp>
#include <halftone/core/matrix_view.hpp>

#include <concepts>
#include <string>

namespace halftone::inline v0_1 {

template <class G>
concept granularity = std::copyable<G> && requires(const G& g, matrix_shape s, std::size_t i) {
  { G::name() } -> std::convertible_to<std::string>;
  { g.parameter_shape(s) } -> std::same_as<matrix_shape>;
  { g.group_of(i, i, s) } -> std::convertible_to<std::size_t>;
};

/// Parameters are constant along runs of k of one length.
template <class G>
concept constant_along_k = granularity<G> && requires(const G& g, matrix_shape s) {
  { g.run_length(s) } -> std::convertible_to<std::size_t>;
};

/// Every run is a group of its own, numbered row by row: see the promise above. Not inherited.
template <class G>
inline constexpr bool one_run_a_group = false;

/// One set of parameters for the matrix.
struct per_tensor {
  [[nodiscard]] static std::string name() { return "per_tensor"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr matrix_shape parameter_shape(matrix_shape s) noexcept {
    return s.rows == 0 || s.cols == 0 ? matrix_shape{} : matrix_shape{1, 1};
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::size_t group_of(std::size_t, std::size_t, matrix_shape) noexcept {
    return 0;
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::size_t run_length(matrix_shape s) noexcept { return s.cols; }
};

/// Axis 0: one set for each row (output channel). Axis 1: one set for each column (k).
template <std::size_t Axis = 0>
  requires(Axis < 2)
struct per_channel {
  [[nodiscard]] static std::string name() { return detail::message("per_channel<", Axis, ">"); }
  [[nodiscard]] HALFTONE_INLINE static constexpr matrix_shape parameter_shape(matrix_shape s) noexcept {
    if (s.rows == 0 || s.cols == 0) {
      return {};
    }
    return Axis == 0 ? matrix_shape{s.rows, 1} : matrix_shape{1, s.cols};
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::size_t group_of(std::size_t row, std::size_t k,
                                                                      matrix_shape) noexcept {
    return Axis == 0 ? row : k;
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::size_t run_length(matrix_shape s) noexcept
    requires(Axis == 0)
  {
    return s.cols;
  }
};

/// One set for each row of activations. The same as per_channel<0>, in the words of activations.
struct per_token : per_channel<0> {
  [[nodiscard]] static std::string name() { return "per_token"; }
};

/// One set for each run of N weights along k within a row; the last group of a row may be shorter.
template <std::size_t N>
struct per_group {
  static_assert(N >= 1, "per_group<N>: a group holds at least one weight");
  static constexpr std::size_t group_size = N;
  [[nodiscard]] static std::string name() { return detail::message("per_group<", N, ">"); }
  [[nodiscard]] HALFTONE_INLINE static constexpr matrix_shape parameter_shape(matrix_shape s) noexcept {
    return {s.cols == 0 ? 0 : s.rows, s.rows == 0 ? 0 : ceil_div(s.cols, N)};
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::size_t group_of(std::size_t row, std::size_t k,
                                                                      matrix_shape s) noexcept {
    return row * ceil_div(s.cols, N) + k / N;
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::size_t run_length(matrix_shape) noexcept { return N; }
};

/// One set for each run of N values within a row of activations. The same as per_group<N>, in the words of activations.
template <std::size_t N>
struct per_token_group : per_group<N> {
  [[nodiscard]] static std::string name() { return detail::message("per_token_group<", N, ">"); }
};

/// One set for each block of R rows by C columns; blocks at the edges may be smaller.
template <std::size_t R, std::size_t C>
struct per_block {
  static_assert(R >= 1 && C >= 1, "per_block<R, C>: a block holds at least one weight");
  [[nodiscard]] static std::string name() {
    return detail::message("per_block<", R, ",", C, ">");
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr matrix_shape parameter_shape(matrix_shape s) noexcept {
    return s.rows == 0 || s.cols == 0 ? matrix_shape{} : matrix_shape{ceil_div(s.rows, R), ceil_div(s.cols, C)};
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::size_t group_of(std::size_t row, std::size_t k,
                                                                      matrix_shape s) noexcept {
    return row / R * ceil_div(s.cols, C) + k / C;
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::size_t run_length(matrix_shape) noexcept { return C; }
};

template <>
inline constexpr bool one_run_a_group<per_channel<0>> = true;
template <>
inline constexpr bool one_run_a_group<per_token> = true;
template <std::size_t N>
inline constexpr bool one_run_a_group<per_group<N>> = true;
template <std::size_t N>
inline constexpr bool one_run_a_group<per_token_group<N>> = true;
template <std::size_t C>
inline constexpr bool one_run_a_group<per_block<1, C>> = true;

static_assert(constant_along_k<per_group<32>> && constant_along_k<per_tensor> && constant_along_k<per_token> &&
              !constant_along_k<per_channel<1>>);

}  // namespace halftone::inline v0_1
