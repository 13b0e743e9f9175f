// SPDX-License-Identifier: MIT
// Halftone: QuantizeLinear of 16-bit floats, as onnxruntime computes it: the quotient is rounded to fp16, then to a whole number.
#pragma once

#include <halftone/format/torch/sixteen_bits.hpp>
#include <halftone/scheme/asymmetric.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx {

/// QuantizeLinear of a model of float16, given as floats: saturate(round_even(fp16(x / scale)) + zero_point). Parameters are the model's.
/// Real numbers, rounded to fp16, are those of DequantizeLinear.
/// @tparam Element  of at most 8 bits: those of 16 have levels that no fp16 is, and saturate after that rounding there
template <uniform_element Element, class Granularity = per_tensor>
  requires(Element::bits <= 8)
using linear_of_halves = scheme<Element, asymmetric, Granularity, torch::nearest_even_in<fp16>, by_division, stored_as<fp16>>;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx
