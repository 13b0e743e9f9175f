// SPDX-License-Identifier: MIT
// Halftone: what QLinearMatMul and QGemm do to their sums, as onnxruntime computes them.
//
//   y = saturate(round_even(float(sum + bias) * factor) + zero point),   factor = x scale * w scale / y scale
//
// MatMulInteger and the sums themselves are `gemm_integers`.
#pragma once

#include <halftone/core/arithmetic.hpp>
#include <halftone/epilogue/requantize_sums.hpp>
#include <halftone/scheme/parameters.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

#include <algorithm>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx {

/// The end of one QLinearMatMul or QGemm. `gemm_integers(x, pack(w), y, end.stage())` then gives onnxruntime's codes.
///
/// @tparam Output  std::uint8_t or std::int8_t
template <class Output>
  requires(std::same_as<Output, std::uint8_t> || std::same_as<Output, std::int8_t>)
class qlinear {
 public:
  using stage_type = requantize_sums<Output, in_float>;

  /// @param w        b: one scale and zero point for all, or one a row (a column of ONNX's B)
  /// @param x_scale  a_scale; for QGemm times alpha
  /// @param output   y_scale and y_zero_point
  /// @param bias     QGemm's C, one a row of w, or none. Copied.
  /// @throws         halftone::error for scales and factors that are not finite, an output scale that is not positive, more scales than rows,
  ///                 or biases of another count
  template <class Scheme>
  qlinear(const quantized_matrix<Scheme>& w, float x_scale, const group_parameters& output, std::span<const std::int32_t> bias = {})
      : bias_(bias.begin(), bias.end()), zero_point_(output.zero_point) {
    expects(is_finite(x_scale), "onnx: the input has scale ", x_scale);
    expects(is_finite(output.scale) && output.scale > 0.0f, "onnx: the output has scale ", output.scale);
    expects(w.group_count() <= 1 || w.group_count() == w.rows(), "onnx: weights of ", w.rows(), " rows have ", w.group_count(), " scales");
    expects(bias.empty() || bias.size() == w.rows(), "onnx: ", bias.size(), " biases for ", w.rows(), " rows of weights");
    for (std::size_t g = 0; g < std::max<std::size_t>(w.group_count(), 1); ++g) {
      // Weights of no columns have no scale; every sum is 0.
      const float factor = w.group_count() == 0 ? 0.0f : product(x_scale, w.scale_at(g)) / output.scale;
      expects(is_finite(factor), "onnx: scale ", g, " of the weights gives the factor ", factor);
      factors_.push_back(factor);
    }
  }

  /// What `gemm_integers` takes. Points into this object.
  [[nodiscard]] stage_type stage() const noexcept { return {.factors = factors_, .bias = bias_, .zero_point = zero_point_}; }

 private:
  std::vector<float> factors_;
  std::vector<std::int32_t> bias_;
  std::int32_t zero_point_;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx
