// SPDX-License-Identifier: MIT
// Halftone: what a change of weights does to a layer's outputs, from the factored Hessian alone.
#pragma once

#include <halftone/ptq/feedback_rows.hpp>

#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq {

/// tr((changed - w) H (changed - w)^T) with H as damped: sum over rows and places of D[i] (e[i] + sum over l < i of e[l] A[l, i])^2,
/// the sum over l in float as GPTQ's, the rest in double, rows ascending: the same everywhere and for any number of threads.
/// @throws    halftone::error if a view is not valid, or shapes differ from each other or from H
/// @par Cost  rows k^2 / 2 products and sums in float
[[nodiscard]] inline double output_error(matrix_view<const float> w, matrix_view<const float> changed, const error_feedback& feedback,
                                         const context& use = {}) {
  expects_valid(w, "output_error", "w");
  expects_valid(changed, "output_error", "changed");
  expects(w.shape() == changed.shape(), "output_error: w is [", w.rows(), ", ", w.cols(), "], changed [", changed.rows(), ", ",
          changed.cols(), "]");
  expects(w.cols() == feedback.size(), "output_error: w is [", w.rows(), ", ", w.cols(), "], h [", feedback.size(), ", ", feedback.size(), "]");
  std::vector<double> errors(w.rows());
  const auto task = [&](std::size_t t) {
    feedback_rows state(feedback);
    const std::size_t first = t * feedback_rows::rows, count = std::min(feedback_rows::rows, w.rows() - first);
    state.load(w, first, count);
    for (std::size_t begin = 0; begin < w.cols(); begin += feedback_rows::block) {
      const std::size_t end = std::min(begin + feedback_rows::block, w.cols());
      for (std::size_t r = 0; r < count; ++r) {
        for (std::size_t place = begin; place < end; ++place) {
          const float real = changed(first + r, feedback.order()[place]);
          const double left = static_cast<double>(real) - static_cast<double>(state.weights(r)[place]) +
                              static_cast<double>(state.sums(r)[place]);
          errors[first + r] += product(feedback.pivots()[place], product(left, left));
          state.settle(r, place, real, begin, end);
        }
      }
      state.carry_block(begin, end, count);
    }
  };
  use.execute(w.cols() == 0 ? 0 : ceil_div(w.rows(), feedback_rows::rows), task);
  double sum = 0.0;
  for (const double e : errors) {
    sum += e;
  }
  return sum;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq
