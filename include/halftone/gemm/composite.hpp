// SPDX-License-Identifier: MIT
// Halftone: a packed matrix with parts beside it: sparse outliers, a low-rank adapter, columns kept in float.
#pragma once

#include <halftone/gemm/packed_matrix.hpp>
#include <halftone/tensor/weight_operand.hpp>

#include <tuple>

namespace halftone::inline v0_1 {

/// One operand made of a base, whose strips `gemm` multiplies at full speed, and corrections that are added to each row of
/// outputs before the epilogue, in the order given:
///
///   y = epilogue(x W_base^T + correction_1(x) + correction_2(x) + ...)
///
/// A correction is anything with add_correction(x, row, column, values) const: it adds its share of outputs
/// (row, column .. column + values.size()) to `values`. x gives real activations (dequantized where they are codes).
/// A correction that has a shape() must have the base's. A base with corrections of its own keeps them: they come first.
/// Law: a correction touches `values` only, and each value depends on (row, its column) alone.
template <weight_operand Base, class... Corrections>
  requires(corrected_operand<Corrections> && ...)
struct composite : Base {
  std::tuple<Corrections...> corrections;

  /// @throws halftone::error if a correction's shape is not the base's
  explicit composite(Base base, Corrections... parts) : Base(std::move(base)), corrections(std::move(parts)...) {
    std::apply([&](const Corrections&... part) { (expects_same_shape(part), ...); }, corrections);
  }

  void add_correction(const activation_rows& x, std::size_t row, std::size_t column, std::span<float> values) const {
    if constexpr (corrected_operand<Base>) {
      Base::add_correction(x, row, column, values);
    }
    std::apply([&](const Corrections&... part) { (part.add_correction(x, row, column, values), ...); }, corrections);
  }

 private:
  template <class Correction>
  void expects_same_shape(const Correction& part) const {
    if constexpr (requires { { part.shape() } -> std::same_as<matrix_shape>; }) {
      expects(part.shape() == this->shape(), "composite: a correction is [", part.shape().rows, ", ", part.shape().cols,
              "], the weights are [", this->shape().rows, ", ", this->shape().cols, "]");
    }
  }
};

}  // namespace halftone::inline v0_1
