// SPDX-License-Identifier: MIT
// Halftone: activations to 8 bits. (First version: forwards to the reference.)
#pragma once
#include <halftone/core/executor.hpp>
#include <halftone/reference/quantize_activations.hpp>
namespace halftone::inline v0_1::inline HALFTONE_ISA {
template <activation_scheme Scheme>
[[nodiscard]] quantized_activations<Scheme> quantize_activations(matrix_view<const float> x, const context& = {}) {
  return reference::quantize_activations<Scheme>(x);
}
template <activation_scheme Scheme>
[[nodiscard]] quantized_activations<Scheme> quantize_activations(matrix_view<const float> x, const group_parameters& p, const context& = {}) {
  return reference::quantize_activations<Scheme>(x, p);
}
}
