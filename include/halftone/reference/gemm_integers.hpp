// SPDX-License-Identifier: MIT
// Halftone: the specification of a multiplication whose results stay integers, or become codes straight from them.
#pragma once

#include <halftone/epilogue/requantize_sums.hpp>
#include <halftone/reference/gemm.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::reference {

/// Checks that both forms of gemm_integers make.
template <class Scheme, class Output>
void expects_gemm_integers(const activation_view& x, const quantized_matrix<Scheme>& w, const matrix_view<Output>& y) {
  expects_activations(x);
  expects_gemm({x.rows(), x.cols()}, w.shape(), y, epilogue<>{});
  expects_apart(x.codes, y);
  reference::expects_bound(w, largest_activation(x));
  expects_one_group(w.cols() == 0 ? 0 : ceil_div(w.cols(), w.scheme().granularity.run_length(w.shape())));
}

/// One sum over k of (a[m, k] - a's zero point) * (level[n, k] - zero point).
template <class Scheme>
[[nodiscard]] std::int32_t integer_dot(const activation_view& x, std::size_t m, const quantized_matrix<Scheme>& w, std::size_t n) {
  std::int64_t sum = 0;
  for (std::size_t k = 0; k < w.cols(); ++k) {
    const std::int64_t level = Scheme::element_type::level_of(w.code_at(n, k));
    sum += (level - w.parameters_at(w.group_of(n, k)).zero_point) * (x.level(m, k) - x.zero_point(m));
  }
  return static_cast<std::int32_t>(sum);
}

/// y[m, n] = sum over k of (a[m, k] - a's zero point) * (level[n, k] - zero point), exact.
/// @throws halftone::error as `reference::gemm`, and for weights with more than one group along k
template <class Scheme>
  requires(has_integer_path<Scheme> && uniform_element<typename Scheme::element_type> && !Scheme::has_offset)
void gemm_integers(const activation_view& x, const quantized_matrix<Scheme>& w, matrix_view<std::int32_t> y) {
  reference::expects_gemm_integers(x, w, y);
  for (std::size_t m = 0; m < x.rows(); ++m) {
    for (std::size_t n = 0; n < w.rows(); ++n) {
      y(m, n) = integer_dot(x, m, w, n);
    }
  }
}

/// y[m, n] = finish(sum, n): see `requantize_sums`.
/// @throws halftone::error as above, and for factors or biases that do not fit y
template <class Scheme, class Output, sum_stage<Output> Stage>
  requires(has_integer_path<Scheme> && uniform_element<typename Scheme::element_type> && !Scheme::has_offset)
void gemm_integers(const activation_view& x, const quantized_matrix<Scheme>& w, matrix_view<Output> y, const Stage& finish) {
  reference::expects_gemm_integers(x, w, y);
  finish.expects_shape(y.shape());
  finish.expects_apart(y);
  for (std::size_t m = 0; m < x.rows(); ++m) {
    for (std::size_t n = 0; n < w.rows(); ++n) {
      y(m, n) = finish.apply(integer_dot(x, m, w, n), n);
    }
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::reference
