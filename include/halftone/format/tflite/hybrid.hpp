// SPDX-License-Identifier: MIT
// Halftone: FULLY_CONNECTED with activations in floats and weights in integers, as the interpreter's own kernels compute it.
//
// Each row of x is quantized when it comes, symmetric, to int8:
//   scale = max|x| / 127,   code = round_away(x * (127 / max|x|)), within -127 .. 127        every operation rounds
// and an output is
//   y = bias + float(sum of code * level) * (scale * weight scale)
// XNNPACK, which the default resolver gives such layers to, quantizes rows with a zero point instead and is not matched.
#pragma once

#include <halftone/format/tflite/requantization.hpp>
#include <halftone/gemm/gemm_integers.hpp>

#include <span>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::tflite {

/// Quantizes one row of activations; a row of zeros has scale 1. Values are finite. @return the scale
inline float quantize_hybrid_row(std::span<const float> x, std::int8_t* codes) noexcept {
  float largest = 0.0f;
  for (const float value : x) {
    largest = maximum(largest, magnitude(value));
  }
  const float factor = largest == 0.0f ? 0.0f : 127.0f / largest;
  for (std::size_t k = 0; k < x.size(); ++k) {
    const float scaled = x[k] == 0.0f ? 0.0f : product(x[k], factor);
    codes[k] = static_cast<std::int8_t>(nearest_away::round(minimum(maximum(scaled, -127.0f), 127.0f), 0));
  }
  return largest == 0.0f ? 1.0f : largest / 127.0f;
}

/// A layer with its weights packed. With BUILTIN_REF of ai-edge-litert 2.3.0 its outputs are these bit for bit, for weights of 8 and 4
/// bits; so they are with BUILTIN_WITHOUT_DEFAULT_DELEGATES for 8 bits.
template <class Scheme>
  requires(signed_element<typename Scheme::element_type> && Scheme::equation == equation::scaled)
class hybrid_layer {
 public:
  /// @param w     [n, k], one scale for all, or one a row
  /// @param bias  one a row of w, or none. Copied.
  /// @throws      halftone::error for scales that are neither, or biases of another count
  explicit hybrid_layer(const quantized_matrix<Scheme>& w, std::span<const float> bias = {}, fused_activation fused = fused_activation::none)
      : weights_(pack(w)), bias_(bias.begin(), bias.end()), shape_(w.shape()), fused_(fused) {
    expects(w.group_count() <= 1 || w.group_count() == w.rows(), "tflite: weights of ", w.rows(), " rows have ", w.group_count(), " scales");
    expects(bias.empty() || bias.size() == w.rows(), "tflite: ", bias.size(), " biases for ", w.rows(), " rows of weights");
    for (std::size_t g = 0; g < w.group_count(); ++g) {
      scales_.push_back(w.scale_at(g));
    }
    scales_.resize(scales_.empty() ? 1 : scales_.size());
  }

  /// y [m, n] of x [m, k]. @throws halftone::error for shapes that do not fit, or x and y that overlap
  /// @par Memory  the codes of x, the sums
  void run(matrix_view<const float> x, matrix_view<float> y) const {
    expects_valid(x, "hybrid_layer", "x");
    expects_valid(y, "hybrid_layer", "y");
    expects(x.cols() == shape_.cols && y.rows() == x.rows() && y.cols() == shape_.rows, "hybrid_layer: x is [", x.rows(), ", ", x.cols(),
            "] and y [", y.rows(), ", ", y.cols(), "] for weights [", shape_.rows, ", ", shape_.cols, "]");
    expects(!overlap(x, y), "hybrid_layer: x and y overlap");
    std::vector<std::int8_t> codes(x.rows() * x.cols());
    std::vector<float> scales(x.rows());
    for (std::size_t m = 0; m < x.rows(); ++m) {
      scales[m] = quantize_hybrid_row({x.row_data(m), x.cols()}, codes.data() + m * x.cols());
    }
    std::vector<std::int32_t> sums(y.rows() * y.cols());
    const group_parameters one{};
    gemm_integers(static_activations(matrix_view<const std::int8_t>(codes.data(), x.rows(), x.cols()), one), weights_,
                  matrix_view<std::int32_t>(sums.data(), y.rows(), y.cols()));
    for (std::size_t m = 0; m < y.rows(); ++m) {
      for (std::size_t n = 0; n < y.cols(); ++n) {
        const float scale = product(scales[m], scales_[scales_.size() == 1 ? 0 : n]);
        const float value = product(static_cast<float>(sums[m * y.cols() + n]), scale);
        y(m, n) = fused((bias_.empty() ? 0.0f : bias_[n]) + value);
      }
    }
  }

 private:
  [[nodiscard]] float fused(float value) const noexcept {
    using enum fused_activation;
    if (fused_ != none) {
      value = maximum(value, fused_ == relu_n1_to_1 ? -1.0f : 0.0f);
    }
    return fused_ == relu_n1_to_1 ? minimum(value, 1.0f) : fused_ == relu6 ? minimum(value, 6.0f) : value;
  }

  decltype(pack(std::declval<const quantized_matrix<Scheme>&>())) weights_;
  std::vector<float> scales_;
  std::vector<float> bias_;
  matrix_shape shape_;
  fused_activation fused_;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::tflite
