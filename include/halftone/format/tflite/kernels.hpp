// SPDX-License-Identifier: MIT
// Halftone: which arithmetic each set of kernels of TensorFlow Lite (LiteRT) gives the operator FULLY_CONNECTED.
//
// One model gives up to three results, by the resolver of operators that the interpreter was made with; they differ by one code
// at most. Found by running ai-edge-litert 2.3.0; its documentation knows one rule.
#pragma once

#include <halftone/epilogue/requantize_sums.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::tflite {

/// Whether a layer has one scale of weights, or one for each row. A matrix of one row has one, whatever its granularity.
enum class weight_scales { one, one_a_row };

/// What the interpreter runs by default (resolver AUTO or BUILTIN): XNNPACK, for int8 and uint8 activations.
/// The factor is float(input * weight) / output; the product with it is rounded to float, clamped, and rounded to even.
struct xnnpack_kernels {
  using rule = in_float;
  [[nodiscard]] static constexpr double factor(float input, float weight, float output, weight_scales) noexcept {
    return static_cast<double>(product(input, weight)) / static_cast<double>(output);
  }
};

/// Resolver BUILTIN_REF: in double, ties away from zero. Int16 activations with biases of 64 bits, too, with every resolver.
struct reference_kernels {
  using rule = in_double;
  [[nodiscard]] static constexpr double factor(float input, float weight, float output, weight_scales) noexcept {
    return product(static_cast<double>(input), static_cast<double>(weight)) / static_cast<double>(output);
  }
};

/// Resolver BUILTIN_WITHOUT_DEFAULT_DELEGATES, on x86: ruy, in fixed point, ties up twice. Also what the default runs where
/// XNNPACK does not take an operator: int16 activations with biases of 32 bits or none, weights with a zero point. The factor is
/// taken from float(input * weight) where there is one scale of weights, and from the product in double else.
struct builtin_kernels {
  using rule = in_fixed_point<double_rounding_upward>;
  [[nodiscard]] static constexpr double factor(float input, float weight, float output, weight_scales count) noexcept {
    const double scale = count == weight_scales::one ? static_cast<double>(product(input, weight))
                                                     : product(static_cast<double>(input), static_cast<double>(weight));
    return scale / static_cast<double>(output);
  }
};

/// A set of kernels.
template <class K>
concept kernel_set = requires(float scale, weight_scales count) {
  typename K::rule;
  { K::factor(scale, scale, scale, count) } noexcept -> std::same_as<double>;
};

static_assert(kernel_set<xnnpack_kernels> && kernel_set<reference_kernels> && kernel_set<builtin_kernels>);

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::tflite
