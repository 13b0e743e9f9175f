// SPDX-License-Identifier: MIT
// Halftone: SmoothQuant: large channels of activations become smaller, at the cost of the weights that they meet.
// Xiao, Lin, Seznec, Wu, Demouth, Han: SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language Models,
// arXiv:2211.10438.
#pragma once

#include <halftone/ptq/column_scales.hpp>
#include <halftone/ptq/power.hpp>

#include <algorithm>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq {

/// s[j] = max(input_maxima[j]^alpha / m[j]^(1 - alpha), 1e-5), m[j] the largest |w[i, j]| of all matrices, at least 1e-5.
/// A channel of activations that is always 0 keeps 1. Then `multiply_columns(w, s)` for each matrix, and `divide_columns` for the norm
/// before them.
/// @param input_maxima  max |x[j]| over the calibration set, finite, none below 0
/// @param matrices      all that read these inputs (q, k and v): [n, k] each
/// @param alpha         0 leaves activations to themselves, 1 makes all their channels 1; 0.5, up to 0.9 where outliers are large
/// @throws              halftone::error if a shape differs, alpha is outside 0..1 or a maximum is not finite or below 0
[[nodiscard]] inline std::vector<float> smooth_quant_scales(std::span<const float> input_maxima,
                                                            std::span<const matrix_view<const float>> matrices, float alpha = 0.5f) {
  expects(alpha >= 0.0f && alpha <= 1.0f, "smooth_quant_scales: alpha is ", alpha, ", outside 0..1");
  std::vector<float> largest(input_maxima.size(), 1e-5f), scales(input_maxima.size(), 1.0f);
  for (const matrix_view<const float>& w : matrices) {
    expects_valid(w, "smooth_quant_scales", "w");
    expects(w.cols() == largest.size(), "smooth_quant_scales: w is [", w.rows(), ", ", w.cols(), "] but there are ", largest.size(), " inputs");
    for (std::size_t row = 0; row < w.rows(); ++row) {
      for (std::size_t j = 0; j < w.cols(); ++j) {
        largest[j] = std::max(largest[j], magnitude(w(row, j)));
      }
    }
  }
  for (std::size_t j = 0; j < largest.size(); ++j) {
    expects(is_finite(input_maxima[j]) && input_maxima[j] >= 0.0f, "smooth_quant_scales: input ", j, " has maximum ", input_maxima[j]);
    if (input_maxima[j] > 0.0f) {
      const auto a = static_cast<double>(alpha);
      const double scale = power(static_cast<double>(input_maxima[j]), a) / power(static_cast<double>(largest[j]), 1.0 - a);
      scales[j] = static_cast<float>(std::clamp(scale, 1e-5, 3e38));
    }
  }
  return scales;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq
