// SPDX-License-Identifier: MIT
// Halftone: how far a quantized matrix is from its weights.
#pragma once

#include <halftone/core/lane_sums.hpp>
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

/// The report from its sums.
[[nodiscard]] inline error_report report_of(double errors, double squares, double max_error, double bits_per_weight) {
  const double infinity = std::numeric_limits<double>::infinity();
  error_report report{.max_error = max_error, .bits_per_weight = bits_per_weight};
  report.relative_mse = errors == 0.0 ? 0.0 : squares == 0.0 ? infinity : errors / squares;
  report.sqnr_db = report.relative_mse == 0.0 ? infinity : -10.0 * std::log10(report.relative_mse);
  return report;
}

/// Checks that w and q can be compared.
template <class Scheme>
void expects_comparable(matrix_view<const float> w, const quantized_matrix<Scheme>& q) {
  expects_valid(w, "compare", "w");
  expects(w.shape() == q.shape(), "compare: w is [", w.rows(), ", ", w.cols(), "], the quantized matrix [", q.rows(),
          ", ", q.cols(), "]");
}

/// Compares q with the weights w. Differences are floats, their squares and the sums doubles: row after row, column k to lane
/// k % 16 of a `lane_sums`.
/// @throws halftone::error if the shapes differ
template <class Scheme>
[[nodiscard]] error_report compare(matrix_view<const float> w, const quantized_matrix<Scheme>& q) {
  expects_comparable(w, q);
  lane_sums squares;
  lane_sums errors;
  double max_error = 0.0;
  for (std::size_t i = 0; i < w.rows(); ++i) {
    for (std::size_t k = 0; k < w.cols(); ++k) {
      const double weight = w(i, k);
      const double difference = w(i, k) - q.value_at(i, k);
      squares.add(k, weight * weight);
      errors.add(k, difference * difference);
      max_error = std::max(max_error, std::abs(difference));
    }
  }
  return report_of(errors.total(), squares.total(), max_error, q.bits_per_weight());
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::reference
