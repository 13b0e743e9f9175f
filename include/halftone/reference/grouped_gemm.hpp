// SPDX-License-Identifier: MIT
// Halftone: the specification of multiplication with activations that have a scale for each run of values.
#pragma once

#include <halftone/reference/gemm.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::reference {

/// One output before the epilogue.
template <class Scheme>
[[nodiscard]] float dot(const grouped_activation_view& x, std::size_t m, const quantized_matrix<Scheme>& w, std::size_t n) {
  if constexpr (has_integer_path<Scheme>) {
    return integer_chain(
        w, n, [&](std::size_t k) { return x.level(m, k); },
        [&](float parameter, std::size_t k) { return product(parameter, product(x.scale(m, k), level_unit<Scheme>)); });
  } else {
    float acc = 0.0f;
    for (std::size_t k = 0; k < w.cols(); ++k) {
      acc = fused(x.value(m, k), w.value_at(n, k), acc);
    }
    return acc;
  }
}

/// All outputs of a multiplication whose arguments were checked.
template <class Scheme, class Output, class Epilogue>
void multiply_groups(const grouped_activation_view& x, const quantized_matrix<Scheme>& w, matrix_view<Output> y,
                     const Epilogue& finish) {
  for (std::size_t m = 0; m < x.rows(); ++m) {
    for (std::size_t n = 0; n < w.rows(); ++n) {
      y(m, n) = store_value<Output>(finish.apply(dot(x, m, w, n), tile_position{m, n, 1}));
    }
  }
}

/// Checks that float groups of both sides fit each other, and 32 bits.
template <class Scheme>
void expects_groups_fit(const quantized_matrix<Scheme>& w, std::size_t group_length) {
  if constexpr (has_integer_path<Scheme>) {
    expects_nested_groups(float_group_length(w.scheme(), w.shape()), group_length, w.cols());
  }
  reference::expects_bound(w, 128);
}

/// y[m, n] = epilogue(sum over groups of fused steps), for int8 activations with a scale a group:
///
///   I   = sum over the group of weights of (level - zero_point) * a                exact in int32
///   acc = fused(float(I), product(scale, scale of the activations), acc)           groups ascending, from +0
///   acc = fused(float(sum of a), product(offset, scale of the activations), acc)   where the mapping has an offset
///
/// The power of two of a table of integers is multiplied into the scale of the activations.
/// Schemes without an integer path: acc = fused(product(float(a), its scale), w_k, acc), k ascending.
/// @throws halftone::error as for other activations, and for groups of activations that are not whole groups of weights
template <class Scheme, class Output, epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemm(const grouped_activation_view& x, const quantized_matrix<Scheme>& w, matrix_view<Output> y,
          const Epilogue& finish = {}) {
  expects_activations(x);
  expects_gemm({x.rows(), x.cols()}, w.shape(), y, finish);
  expects_apart(x.codes, y);
  reference::expects_groups_fit(w, x.group_length);
  multiply_groups(x, w, y, finish);
}

/// The same with activations that were quantized once.
template <grouped_activation_scheme Activations, class Scheme, class Output, epilogue_type Epilogue = epilogue<>>
void gemm(const grouped_activations<Activations>& x, const quantized_matrix<Scheme>& w, matrix_view<Output> y,
          const Epilogue& finish = {}) {
  reference::gemm(x.view(), w, y, finish);
}

/// The same with activations that are quantized inside the call.
template <grouped_activation_scheme Activations, class Scheme, class Output, epilogue_type Epilogue = epilogue<>>
void gemm(const dynamic_activations<Activations>& x, const quantized_matrix<Scheme>& w, matrix_view<Output> y,
          const Epilogue& finish = {}) {
  expects_valid(x.values, "gemm", "x");
  expects_gemm(x.values.shape(), w.shape(), y, finish);
  expects_apart(x.values, y);
  reference::expects_groups_fit(w, grouped_activations<Activations>::group_length);
  multiply_groups(reference::quantize_activations<Activations>(x.values).view(), w, y, finish);
}

/// The same from bfloat16.
template <grouped_activation_scheme Activations, class Scheme, class Output, epilogue_type Epilogue = epilogue<>>
void gemm(const dynamic_activations<Activations, bfloat16>& x, const quantized_matrix<Scheme>& w, matrix_view<Output> y,
          const Epilogue& finish = {}) {
  expects_valid(x.values, "gemm", "x");
  expects_gemm(x.values.shape(), w.shape(), y, finish);
  expects_apart(x.values, y);
  const std::vector<float> values = widened(x.values);
  reference::gemm(dynamic<Activations>(matrix_view<const float>(values.data(), x.values.rows(), x.values.cols())), w, y,
                  finish);
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::reference
