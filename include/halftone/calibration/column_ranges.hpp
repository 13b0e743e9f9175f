// SPDX-License-Identifier: MIT
// Halftone: the range of each column of a batch.
#pragma once

#include <halftone/calibration/observer.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Smallest and largest value of each column, zeros without a sign; {0, 0} where there are no rows. Rows are read in order, four at
/// a time, so that memory is read once.
/// Errors: a NaN or an infinity. Memory: two floats a column, and the result.
[[nodiscard]] inline std::vector<range> ranges_of_columns(matrix_view<const float> x, std::string_view entry_point) {
  using floats = float_columns<default_arch>;
  expects_valid(x, entry_point, "x");
  std::vector<range> ranges(x.cols());
  if (x.empty()) {
    return ranges;
  }
  std::vector<float> low(x.row_data(0), x.row_data(0) + x.cols());
  std::vector<float> high = low;
  finite_check<default_arch> check;
  constexpr std::size_t together = 4;
  for (std::size_t row = 0; row < x.rows(); row += together) {
    const float* rows[together];
    for (std::size_t i = 0; i < together; ++i) {
      rows[i] = x.row_data(std::min(row + i, x.rows() - 1));  // the last again, which changes nothing
    }
    for (std::size_t k = 0; k < x.cols(); k += panel_columns) {
      const std::size_t count = std::min(panel_columns, x.cols() - k);
      floats least = floats::load(low.data() + k, count);
      floats most = floats::load(high.data() + k, count);
      for (std::size_t i = 0; i < together; ++i) {
        const floats v = floats::load(rows[i] + k, count);
        least = minimum(v, least);
        most = maximum(v, most);
        check.add<0>(v);
      }
      least.store(low.data() + k, count);
      most.store(high.data() + k, count);
    }
  }
  if (!check.finite()) {
    expects_finite(x, entry_point);
  }
  for (std::size_t k = 0; k < x.cols(); ++k) {
    ranges[k] = {low[k] + 0.0f, high[k] + 0.0f};
  }
  return ranges;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
