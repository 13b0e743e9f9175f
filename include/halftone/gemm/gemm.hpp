// SPDX-License-Identifier: MIT
// Halftone: quantized multiplication. (First version: forwards to the reference.)
#pragma once
#include <halftone/core/executor.hpp>
#include <halftone/gemm/pack.hpp>
#include <halftone/quantize/quantize_activations.hpp>
#include <halftone/reference/gemm.hpp>
namespace halftone::inline v0_1::inline HALFTONE_ISA {
template <class Scheme, class Output, epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemm(matrix_view<const float> x, const packed_matrix<Scheme>& w, matrix_view<Output> y, const Epilogue& finish = {}, const context& = {}) {
  reference::gemm(x, w.matrix(), y, finish);
}
template <class Scheme, class Output, epilogue_type Epilogue = epilogue<>>
void gemm(const activation_view& x, const packed_matrix<Scheme>& w, matrix_view<Output> y, const Epilogue& finish = {}, const context& = {}) {
  reference::gemm(x, w.matrix(), y, finish);
}
template <activation_scheme Activations, class Scheme, class Output, epilogue_type Epilogue = epilogue<>>
void gemm(const quantized_activations<Activations>& x, const packed_matrix<Scheme>& w, matrix_view<Output> y, const Epilogue& finish = {}, const context& = {}) {
  reference::gemm(x, w.matrix(), y, finish);
}
template <activation_scheme Activations, class Scheme, class Output, epilogue_type Epilogue = epilogue<>>
void gemm(const dynamic_activations<Activations>& x, const packed_matrix<Scheme>& w, matrix_view<Output> y, const Epilogue& finish = {}, const context& = {}) {
  reference::gemm(x, w.matrix(), y, finish);
}
}
