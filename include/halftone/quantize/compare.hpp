// SPDX-License-Identifier: MIT
// Halftone: error report of a quantized matrix.
#pragma once

#include <halftone/quantize/dequantize_row.hpp>
#include <halftone/reference/error_report.hpp>

#include <algorithm>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// The sums behind an error report, row after row.
class error_sums {
 public:
  /// Adds a row: what was wanted and what there is, `count` values each.
  void add(const float* wanted, const float* values, std::size_t count) noexcept {
    for (std::size_t k = 0; k < count; k += lane_sums::count) {
      const std::size_t lanes = std::min(lane_sums::count, count - k);
      for (std::size_t j = 0; j < lanes; ++j) {
        const double weight = wanted[k + j];
        const double difference = wanted[k + j] - values[k + j];
        squares_.lane[j] += weight * weight;
        errors_.lane[j] += difference * difference;
        largest_[j] = std::max(largest_[j], std::abs(difference));
      }
    }
  }
  [[nodiscard]] error_report report(double bits_per_weight) const {
    return reference::report_of(errors_.total(), squares_.total(), *std::max_element(largest_, largest_ + lane_sums::count),
                                bits_per_weight);
  }

 private:
  lane_sums squares_;
  lane_sums errors_;
  double largest_[lane_sums::count] = {};
};

/// The error of q against the weights it came from; the same doubles as `reference::compare`.
/// @throws    halftone::error if the shapes differ
/// @par Cost  decodes each row once, into one row of floats
template <class Scheme>
[[nodiscard]] error_report compare(matrix_view<const float> w, const quantized_matrix<Scheme>& q) {
  reference::expects_comparable(w, q);
  error_sums sums;
  std::vector<float> values(w.cols());
  for (std::size_t i = 0; i < w.rows(); ++i) {
    row_values(q, i, values);
    sums.add(w.row_data(i), values.data(), w.cols());
  }
  return sums.report(q.bits_per_weight());
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
