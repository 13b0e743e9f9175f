// SPDX-License-Identifier: MIT
// Halftone: FULLY_CONNECTED with 16-bit activations, in plain loops.
#pragma once

#include <halftone/core/matrix_view.hpp>
#include <halftone/format/tflite/requantization.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::tflite {

/// y[m, n] = finish(sum over k of x[m, k] * level[n, k], n). The sum is exact in 64 bits; of it and of the bias, those of Sum
/// are kept, as the interpreter does.
///
/// With every resolver of ai-edge-litert 2.3.0 a layer with biases of 64 bits is
///   requantization<reference_kernels, std::int16_t, std::int64_t>
/// and one with biases of 32 bits, or none, requantization<builtin_kernels, std::int16_t>, except that BUILTIN_REF takes the
/// former for layers without bias, and reads biases of 32 bits as if they had 64.
///
/// @param x  [m, k], zero point 0
/// @param w  [n, k], signed levels without zero point
/// @throws   halftone::error for shapes that do not fit, or x and y that overlap
template <class Scheme, class Output, class Rule, class Sum>
  requires(signed_element<typename Scheme::element_type> && Scheme::equation == equation::scaled)
void gemm_int16(matrix_view<const std::int16_t> x, const quantized_matrix<Scheme>& w, matrix_view<Output> y,
                const requantize_sums<Output, Rule, Sum>& finish) {
  expects_valid(x, "gemm_int16", "x");
  expects_valid(y, "gemm_int16", "y");
  expects(x.cols() == w.cols(), "gemm_int16: x is [", x.rows(), ", ", x.cols(), "] but the weights are [", w.rows(), ", ",
          w.cols(), "]: k differs");
  expects(y.rows() == x.rows() && y.cols() == w.rows(), "gemm_int16: y is [", y.rows(), ", ", y.cols(), "], should be [",
          x.rows(), ", ", w.rows(), "]");
  expects(!overlap(x, y), "gemm_int16: x and y overlap; y is written while x is still read");
  finish.expects_shape(y.shape());
  finish.expects_apart(y);
  std::vector<std::int32_t> levels(w.cols());
  for (std::size_t n = 0; n < w.rows(); ++n) {
    for (std::size_t k = 0; k < w.cols(); ++k) {
      levels[k] = Scheme::element_type::level_of(w.code_at(n, k));
    }
    for (std::size_t m = 0; m < x.rows(); ++m) {
      const std::int16_t* const row = x.row_data(m);
      std::int64_t sum = 0;
      for (std::size_t k = 0; k < w.cols(); ++k) {
        sum += levels[k] * row[k];
      }
      y(m, n) = finish.apply(static_cast<Sum>(sum), n);
    }
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::tflite
