// SPDX-License-Identifier: MIT
// Halftone: the schemes of TensorFlow Lite (LiteRT): weights, activations, and how its QUANTIZE operator rounds.
#pragma once

#include <halftone/element/float_storage.hpp>
#include <halftone/element/integer.hpp>
#include <halftone/scheme/asymmetric.hpp>
#include <halftone/scheme/scheme.hpp>
#include <halftone/scheme/symmetric.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::tflite {

/// scale = max(max|x|, 1e-9) / largest level: a row of zeros has a positive scale. Source: ai-edge-quantizer.
struct symmetric_above_zero {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "tflite::symmetric_above_zero"; }
  template <signed_element Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element& e) noexcept {
    const float largest = maximum(maximum(magnitude(r.min), magnitude(r.max)), 1e-9f);
    return {.scale = largest / largest_level(e)};
  }
};

/// Weights: symmetric, one scale a row (output channel) or one for all, scale = max|w| / 127 (7 and 1 for 4 and 2 bits). The
/// codes that its quantizers make leave out the most negative one; files may hold it.
template <signed_element Element = int8, class Granularity = per_channel<0>>
using weights = scheme<Element, symmetric, Granularity, nearest_away>;

/// Weights as ai-edge-quantizer makes them: its codes and scales, to the bit.
template <signed_element Element = int8, class Granularity = per_channel<0>>
using ai_edge_weights = scheme<Element, symmetric_above_zero, Granularity, nearest_even, by_division>;

/// Weights in blocks of N along k, their scales floats of 16 bits. The layers that have such weights take activations in floats.
template <signed_element Element = int4, std::size_t N = 32>
using block_weights = scheme<Element, symmetric, per_group<N>, nearest_away, stored_as<fp16>>;

/// Weights of older models: 8 bits without sign, a zero point.
using uint8_weights = scheme<uint8, asymmetric, per_tensor, nearest_away>;

/// Weights that an operator DEQUANTIZE turns into floats.
using float16_weights = scheme<fp16, unscaled, per_tensor>;
using float32_weights = scheme<fp32, unscaled, per_tensor>;

// Activations as the reference kernel of the operator QUANTIZE makes them: the value divided by the scale, to nearest, ties away
// from zero, then the zero point. Parameters are the model's: `given_parameters`.
using int8_activations = scheme<int8, asymmetric, per_tensor, nearest_away, by_division>;
using uint8_activations = scheme<uint8, asymmetric, per_tensor, nearest_away, by_division>;
using int16_activations = scheme<int16, symmetric, per_tensor, nearest_away, by_division>;  ///< the zero point is 0

/// The same as the optimized kernel and XNNPACK make them: the value times the reciprocal of the scale, ties to even.
template <class Activations>
using by_optimized_kernel =
    scheme<typename Activations::element_type, typename Activations::mapping_type, per_tensor, nearest_even, by_reciprocal>;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::tflite

namespace halftone::inline v0_1 {

template <>
inline constexpr bool positive_scale<tflite::symmetric_above_zero> = true;
template <>
inline constexpr bool scale_above_zero<tflite::symmetric_above_zero> = true;
template <>
inline constexpr bool widens_to_zero<tflite::symmetric_above_zero> = true;

}  // namespace halftone::inline v0_1
