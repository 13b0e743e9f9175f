// SPDX-License-Identifier: MIT
// Halftone: codes to real numbers.
#pragma once

#include <halftone/core/for_each_row.hpp>
#include <halftone/quantize/dequantize_row.hpp>
#include <halftone/tensor/checks.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// y[row, k] = the real number of weight (row, k); the same bits as `reference::dequantize`.
/// @param y    [n, k], any stride
/// @param use  executor: rows are decoded in tasks
/// @throws     halftone::error if y is not valid or its shape is not that of q
/// @par Cost   one pass
template <class Scheme>
void dequantize(const quantized_matrix<Scheme>& q, matrix_view<float> y, const context& use = {}) {
  expects_valid(y, "dequantize", "y");
  expects(y.shape() == q.shape(), "dequantize: y is [", y.rows(), ", ", y.cols(), "], the matrix [", q.rows(), ", ",
          q.cols(), "]");
  for_each_row(q.rows(), use, [&](std::size_t row) { row_values(q, row, y.row(row)); });
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
