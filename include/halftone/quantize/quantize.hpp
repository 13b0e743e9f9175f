// SPDX-License-Identifier: MIT
// Halftone: quantize and dequantize. (First version: forwards to the reference.)
#pragma once
#include <halftone/core/executor.hpp>
#include <halftone/reference/quantize.hpp>
namespace halftone::inline v0_1::inline HALFTONE_ISA {
template <scheme_type Scheme, class Estimator = min_max>
  requires any_estimator_for<Estimator, Scheme>
[[nodiscard]] quantized_matrix<Scheme> quantize(matrix_view<const float> w, const Estimator& estimator = {}, const Scheme& scheme = {}) {
  return reference::quantize<Scheme>(w, estimator, scheme);
}
template <class Scheme>
void dequantize(const quantized_matrix<Scheme>& q, matrix_view<float> y) { reference::dequantize(q, y); }
}
