// SPDX-License-Identifier: MIT
// Halftone: the specification of a product with one vector: that of one row.
#pragma once

#include <halftone/reference/gemm.hpp>

#include <span>

namespace halftone::inline v0_1::inline HALFTONE_ISA::reference {

/// y[n] = epilogue(W x): `reference::gemm` with one row. x is a span of floats or bfloat16, or activations of one row: dynamic, quantized
/// once, or a view of codes.
/// @throws halftone::error as `reference::gemm`
template <class Scheme, class Output, epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemv(std::span<const float> x, const quantized_matrix<Scheme>& w, std::span<Output> y, const Epilogue& finish = {}) {
  reference::gemm(matrix_view<const float>(x.data(), 1, x.size()), w, matrix_view<Output>(y.data(), 1, y.size()), finish);
}
template <class Scheme, class Output, epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemv(std::span<const bfloat16> x, const quantized_matrix<Scheme>& w, std::span<Output> y, const Epilogue& finish = {}) {
  reference::gemm(matrix_view<const bfloat16>(x.data(), 1, x.size()), w, matrix_view<Output>(y.data(), 1, y.size()), finish);
}
template <class Activations, class Scheme, class Output, epilogue_type Epilogue = epilogue<>>
  requires(storable_after<Output, Epilogue> && !std::convertible_to<Activations, std::span<const float>> &&
           !std::convertible_to<Activations, std::span<const bfloat16>>)
void gemv(const Activations& x, const quantized_matrix<Scheme>& w, std::span<Output> y, const Epilogue& finish = {}) {
  reference::gemm(x, w, matrix_view<Output>(y.data(), 1, y.size()), finish);
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::reference
