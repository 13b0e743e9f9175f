// SPDX-License-Identifier: MIT
// Halftone: error report of a quantized matrix.
#pragma once

#include <halftone/quantize/dequantize_row.hpp>
#include <halftone/reference/error_report.hpp>

#include <algorithm>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// The error of q against the weights it came from; the same doubles as `reference::compare`.
/// @throws    halftone::error if the shapes differ
/// @par Cost  decodes each row once, into one row of floats
template <class Scheme>
[[nodiscard]] error_report compare(matrix_view<const float> w, const quantized_matrix<Scheme>& q) {
  reference::expects_comparable(w, q);
  lane_sums squares;
  lane_sums errors;
  double largest[lane_sums::count] = {};
  std::vector<float> values(w.cols());
  for (std::size_t i = 0; i < w.rows(); ++i) {
    row_values(q, i, values);
    const float* row = w.row_data(i);
    for (std::size_t k = 0; k < w.cols(); k += lane_sums::count) {
      const std::size_t lanes = std::min(lane_sums::count, w.cols() - k);
      for (std::size_t j = 0; j < lanes; ++j) {
        const double weight = row[k + j];
        const double difference = row[k + j] - values[k + j];
        squares.lane[j] += weight * weight;
        errors.lane[j] += difference * difference;
        largest[j] = std::max(largest[j], std::abs(difference));
      }
    }
  }
  return reference::report_of(errors.total(), squares.total(), *std::max_element(largest, largest + lane_sums::count),
                              q.bits_per_weight());
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
