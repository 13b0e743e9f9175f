// SPDX-License-Identifier: MIT
// Halftone: what a FULLY_CONNECTED layer does to its sums: factors of its scales, its bias, its fused activation.
#pragma once

#include <halftone/format/tflite/kernels.hpp>
#include <halftone/scheme/rounding.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::tflite {

/// Functions that a layer may be fused with; the numbers are those of files.
enum class fused_activation : std::uint8_t { none = 0, relu = 1, relu_n1_to_1 = 2, relu6 = 3 };

/// The smallest and largest code that a fused activation leaves.
struct code_bounds {
  std::int32_t low = 0;
  std::int32_t high = 0;
  friend bool operator==(const code_bounds&, const code_bounds&) = default;
};

/// low and high of Output, narrowed to the codes of the activation's ends: zero_point + round(end / scale), ties away from zero.
template <class Output>
[[nodiscard]] constexpr code_bounds bounds_of(fused_activation fused, const group_parameters& output) noexcept {
  code_bounds bounds{std::numeric_limits<Output>::min(), std::numeric_limits<Output>::max()};
  const auto code = [&](float real) {
    const float steps = minimum(maximum(real / output.scale, -65536.0f), 65536.0f);
    return output.zero_point + static_cast<std::int32_t>(nearest_away::round(steps, 0));
  };
  if (fused == fused_activation::relu || fused == fused_activation::relu6) {
    bounds.low = std::max(bounds.low, output.zero_point);
  }
  if (fused == fused_activation::relu_n1_to_1) {
    bounds.low = std::max(bounds.low, code(-1.0f));
  }
  if (fused == fused_activation::relu_n1_to_1 || fused == fused_activation::relu6) {
    bounds.high = std::max(bounds.low, std::min(bounds.high, code(fused == fused_activation::relu6 ? 6.0f : 1.0f)));
  }
  return bounds;
}

/// The end of one layer. `gemm_integers(x, pack(w), y, layer.stage())` then gives the codes of the interpreter.
///
/// @tparam Kernels  which of the interpreter's results: xnnpack_kernels, reference_kernels, builtin_kernels
/// @tparam Output   codes of the output: std::int8_t, std::uint8_t, std::int16_t
/// @tparam Sum      std::int64_t for int16 activations with biases of 64 bits (see `gemm_int16`)
template <kernel_set Kernels, class Output, class Sum = std::int32_t>
class requantization {
 public:
  using stage_type = requantize_sums<Output, typename Kernels::rule, Sum>;

  /// @param w       one scale for all, or one a row
  /// @param input   parameters of the activations; their zero point has been subtracted where a sum ends
  /// @param output  parameters of the outputs
  /// @param bias    one a row of w, in steps of input scale * weight scale, or none. Copied.
  /// @throws        halftone::error for scales that are not positive and finite, more scales than rows, or biases of another count
  template <class Scheme>
  requantization(const quantized_matrix<Scheme>& w, const group_parameters& input, const group_parameters& output,
                 std::span<const Sum> bias = {}, fused_activation fused = fused_activation::none)
      : bias_(bias.begin(), bias.end()), output_(output) {
    expects(is_finite(input.scale) && input.scale > 0.0f, "tflite: the input has scale ", input.scale);
    expects(is_finite(output.scale) && output.scale > 0.0f, "tflite: the output has scale ", output.scale);
    expects(w.group_count() <= 1 || w.group_count() == w.rows(), "tflite: weights of ", w.rows(), " rows have ",
            w.group_count(), " scales");
    expects(bias.empty() || bias.size() == w.rows(), "tflite: ", bias.size(), " biases for ", w.rows(), " rows of weights");
    const weight_scales count = w.group_count() > 1 ? weight_scales::one_a_row : weight_scales::one;
    for (std::size_t g = 0; g < w.group_count(); ++g) {
      const float scale = w.scale_at(g);
      expects(is_finite(scale) && scale >= 0.0f, "tflite: the weights of group ", g, " have scale ", scale);
      factors_.push_back(Kernels::rule::factor_of(Kernels::factor(input.scale, scale, output.scale, count)));
    }
    if (factors_.empty()) {  // weights of no columns: every sum is 0
      factors_.push_back(Kernels::rule::factor_of(0.0));
    }
    bounds_ = bounds_of<Output>(fused, output);
  }

  /// What `gemm_integers` takes. Points into this object.
  [[nodiscard]] stage_type stage() const noexcept {
    return {.factors = factors_, .bias = bias_, .zero_point = output_.zero_point, .low = bounds_.low, .high = bounds_.high};
  }

 private:
  std::vector<typename Kernels::rule::factor_type> factors_;
  std::vector<Sum> bias_;
  group_parameters output_;
  code_bounds bounds_;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::tflite
