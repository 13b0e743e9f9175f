// SPDX-License-Identifier: MIT
// Halftone: the specification of quantized multiplication, in plain loops.
#pragma once

#include <halftone/reference/integer_chain.hpp>
#include <halftone/reference/quantize_activations.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::reference {

/// y[m, n] = epilogue(sum over k of x[m, k] * w[n, k]), w = dequantized weights.
/// One chain: acc = fused(x_k, w_k, acc), k ascending, from +0.
/// @throws halftone::error for shapes that do not fit, or x and y that overlap (see checks.hpp)
template <class Scheme, class Output, epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemm(matrix_view<const float> x, const quantized_matrix<Scheme>& w, matrix_view<Output> y,
          const Epilogue& finish = {}) {
  expects_valid(x, "gemm", "x");
  expects_gemm(x.shape(), w.shape(), y, finish);
  expects_apart(x, y);
  for (std::size_t m = 0; m < x.rows(); ++m) {
    for (std::size_t n = 0; n < w.rows(); ++n) {
      float acc = 0.0f;
      for (std::size_t k = 0; k < x.cols(); ++k) {
        acc = fused(x(m, k), w.value_at(n, k), acc);
      }
      y(m, n) = store_value<Output>(finish.apply(acc, tile_position{m, n, 1}));
    }
  }
}

/// The floats of bfloat16 activations, row by row.
[[nodiscard]] inline std::vector<float> widened(matrix_view<const bfloat16> x) {
  std::vector<float> values;
  for (std::size_t m = 0; m < x.rows(); ++m) {
    for (std::size_t k = 0; k < x.cols(); ++k) {
      values.push_back(to_float(x(m, k)));
    }
  }
  return values;
}

/// The same with bfloat16 activations: their exact floats.
template <class Scheme, class Output, epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemm(matrix_view<const bfloat16> x, const quantized_matrix<Scheme>& w, matrix_view<Output> y,
          const Epilogue& finish = {}) {
  expects_valid(x, "gemm", "x");
  expects_gemm(x.shape(), w.shape(), y, finish);
  expects_apart(x, y);
  const std::vector<float> values = widened(x);
  reference::gemm(matrix_view<const float>(values.data(), x.rows(), x.cols()), w, y, finish);
}

/// Checks that the longest float group fits 32 bits with activations of magnitude up to `largest`.
template <class Scheme>
void expects_bound(const quantized_matrix<Scheme>& w, std::int64_t largest) {
  if constexpr (has_integer_path<Scheme>) {
    expects_int32_bound<Scheme>(float_group_length(w.scheme(), w.shape()), largest);
  }
}

/// One output of a multiplication with int8 or uint8 activations, before the epilogue.
template <class Scheme>
[[nodiscard]] float dot(const activation_view& x, std::size_t m, const quantized_matrix<Scheme>& w, std::size_t n) {
  float acc = 0.0f;
  if constexpr (has_integer_path<Scheme>) {
    acc = integer_chain(
        w, n, [&](std::size_t k) { return x.level(m, k) - x.zero_point(m); }, [](float parameter, std::size_t) { return parameter; });
    return product(acc, product(x.scale(m), level_unit<Scheme>));
  } else {
    for (std::size_t k = 0; k < w.cols(); ++k) {
      acc = fused(static_cast<float>(x.level(m, k) - x.zero_point(m)), w.value_at(n, k), acc);
    }
    return product(acc, x.scale(m));
  }
}

/// All outputs of a multiplication whose arguments were checked.
template <class Scheme, class Output, class Epilogue>
void multiply_codes(const activation_view& x, const quantized_matrix<Scheme>& w, matrix_view<Output> y,
                    const Epilogue& finish) {
  for (std::size_t m = 0; m < x.rows(); ++m) {
    for (std::size_t n = 0; n < w.rows(); ++n) {
      y(m, n) = store_value<Output>(finish.apply(dot(x, m, w, n), tile_position{m, n, 1}));
    }
  }
}

/// y[m, n] = epilogue(scale[m] * sum over groups of fused steps), for 8-bit activations:
///
///   I   = sum over the group of (level - zero_point) * (a - a's zero point)     exact in int32
///   acc = fused(float(I), scale, acc)                                           groups ascending, from +0
///   acc = fused(float(sum of a - a's zero point), offset, acc)                  where the mapping has an offset
///   v   = product(acc, scale of the token)
///
/// Levels of a table of integers times a power of two are those integers; the power is multiplied into the token's scale.
///
/// In a super-block, whose groups have integer scales (and offsets) under one float, I is the sum of each group's sum times its
/// integer scale, and the sums of activations are multiplied by the integer offsets: see `integer_chain`.
/// Schemes without an integer path (other tables, units, groups along n): acc = fused(float(a), w_k, acc), k ascending.
/// @throws halftone::error for shapes that do not fit, x and y that overlap, or a float group past the int32 bound
template <class Scheme, class Output, epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemm(const activation_view& x, const quantized_matrix<Scheme>& w, matrix_view<Output> y,
          const Epilogue& finish = {}) {
  expects_activations(x);
  expects_gemm({x.rows(), x.cols()}, w.shape(), y, finish);
  expects_apart(x.codes, y);
  reference::expects_bound(w, largest_activation(x));
  multiply_codes(x, w, y, finish);
}

template <activation_scheme Activations, class Scheme, class Output, epilogue_type Epilogue = epilogue<>>
void gemm(const quantized_activations<Activations>& x, const quantized_matrix<Scheme>& w, matrix_view<Output> y,
          const Epilogue& finish = {}) {
  reference::gemm(x.view(), w, y, finish);
}

/// The same with activations that are quantized inside the call. The int32 bound is taken before they are, so a scheme with
/// zero points is held to that of 255 (see `largest_dynamic_activation`) even where every zero point turns out to be 0.
template <activation_scheme Activations, class Scheme, class Output, epilogue_type Epilogue = epilogue<>>
void gemm(const dynamic_activations<Activations>& x, const quantized_matrix<Scheme>& w, matrix_view<Output> y,
          const Epilogue& finish = {}) {
  expects_valid(x.values, "gemm", "x");
  expects_gemm(x.values.shape(), w.shape(), y, finish);
  expects_apart(x.values, y);
  reference::expects_bound(w, largest_dynamic_activation<Activations>);
  multiply_codes(reference::quantize_activations<Activations>(x.values).view(), w, y, finish);
}

template <activation_scheme Activations, class Scheme, class Output, epilogue_type Epilogue = epilogue<>>
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
