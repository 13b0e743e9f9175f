// SPDX-License-Identifier: MIT
// Halftone: factors of columns that move between weights and activations: w[., j] s[j] and x[j] / s[j] multiply as before.
#pragma once

#include <halftone/core/error.hpp>
#include <halftone/core/matrix_view.hpp>

#include <span>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq {

/// w[i, j] = w[i, j] * scales[j], rounded to float.
/// @throws  halftone::error if w is not valid or there are not as many scales as columns
inline void multiply_columns(matrix_view<float> w, std::span<const float> scales) {
  expects_valid(w, "multiply_columns", "w");
  expects(scales.size() == w.cols(), "multiply_columns: ", scales.size(), " scales for ", w.cols(), " columns");
  for (std::size_t row = 0; row < w.rows(); ++row) {
    for (std::size_t j = 0; j < w.cols(); ++j) {
      w(row, j) *= scales[j];
    }
  }
}

/// x[i, j] = x[i, j] / scales[j]: activations, or with one row the weights and the biases of the norm before the layer.
/// @throws  what multiply_columns throws; halftone::error if a scale is 0 or not finite
inline void divide_columns(matrix_view<float> x, std::span<const float> scales) {
  expects_valid(x, "divide_columns", "x");
  expects(scales.size() == x.cols(), "divide_columns: ", scales.size(), " scales for ", x.cols(), " columns");
  for (std::size_t j = 0; j < x.cols(); ++j) {
    expects(scales[j] != 0.0f && is_finite(scales[j]), "divide_columns: scale ", j, " is ", scales[j]);
    for (std::size_t row = 0; row < x.rows(); ++row) {
      x(row, j) /= scales[j];
    }
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq
