// SPDX-License-Identifier: MIT
// Halftone: how far a quantized matrix is from its weights.
#pragma once

#include <halftone/tensor/quantized_matrix.hpp>

#include <cmath>
#include <limits>

namespace halftone::inline v0_1 {

/// Error of a quantized matrix against the weights it came from.
struct error_report {
  double relative_mse = 0.0;     ///< sum (w - w')^2 / sum w^2; 0 where both are 0, infinite where only the weights are
  double sqnr_db = 0.0;          ///< -10 log10(relative_mse), in dB; infinite for a lossless matrix
  double max_error = 0.0;        ///< largest |w - w'|
  double bits_per_weight = 0.0;  ///< everything stored counted: codes, scales, zero points, offsets, tables
};

}  // namespace halftone::inline v0_1

namespace halftone::inline v0_1::inline HALFTONE_ISA::reference {

/// Compares q with the weights w; sums in double, row by row.
/// @throws halftone::error if the shapes differ
template <class Scheme>
[[nodiscard]] error_report compare(matrix_view<const float> w, const quantized_matrix<Scheme>& q) {
  expects_valid(w, "compare", "w");
  expects(w.shape() == q.shape(), "compare: w is [", w.rows(), ", ", w.cols(), "], the quantized matrix [", q.rows(),
          ", ", q.cols(), "]");
  error_report report;
  double squares = 0.0;
  double errors = 0.0;
  for (std::size_t i = 0; i < w.rows(); ++i) {
    for (std::size_t k = 0; k < w.cols(); ++k) {
      const float difference = w(i, k) - q.value_at(i, k);
      squares += static_cast<double>(w(i, k)) * static_cast<double>(w(i, k));
      errors += static_cast<double>(difference) * static_cast<double>(difference);
      report.max_error = std::max(report.max_error, static_cast<double>(magnitude(difference)));
    }
  }
  const double infinity = std::numeric_limits<double>::infinity();
  report.relative_mse = errors == 0.0 ? 0.0 : squares == 0.0 ? infinity : errors / squares;
  report.sqnr_db = report.relative_mse == 0.0 ? infinity : -10.0 * std::log10(report.relative_mse);
  report.bits_per_weight = q.bits_per_weight();
  return report;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::reference
