// SPDX-License-Identifier: MIT
// Halftone: epilogue stages of one arithmetic step: scale, bias, residual, clamp, relu.
#pragma once

#include <halftone/epilogue/stage.hpp>

#include <limits>
#include <span>

namespace halftone::inline v0_1 {

/// v * factor, rounded.
struct multiply {
  float factor = 1.0f;
  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE Lanes apply(Lanes value, const tile_position&) const noexcept {
    return product(value, lanes<Lanes>::broadcast(factor));
  }
};

/// v * factors[column], rounded.
struct multiply_columns {
  std::span<const float> factors;
  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE Lanes apply(Lanes value, const tile_position& at) const noexcept {
    return product(value, lanes<Lanes>::load(factors.data() + at.column, at.count));
  }
  template <class Output>
  void expects_apart(const matrix_view<Output>& y) const {
    expects(!overlap(factors, y), "gemm: the data of multiply_columns overlaps y");
  }
  void expects_shape(matrix_shape output) const {
    expects(factors.size() == output.cols, "gemm: multiply_columns has ", factors.size(), " factors for ", output.cols,
            " output columns");
  }
};

/// v + bias[column].
struct add_bias {
  std::span<const float> bias;
  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE Lanes apply(Lanes value, const tile_position& at) const noexcept {
    return value + lanes<Lanes>::load(bias.data() + at.column, at.count);
  }
  template <class Output>
  void expects_apart(const matrix_view<Output>& y) const {
    expects(!overlap(bias, y), "gemm: the data of add_bias overlaps y");
  }
  void expects_shape(matrix_shape output) const {
    expects(bias.size() == output.cols, "gemm: add_bias has ", bias.size(), " values for ", output.cols,
            " output columns");
  }
};

/// v + values(row, column). `values` may be the output itself (same data and stride), never a part of it.
struct residual {
  matrix_view<const float> values;
  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE Lanes apply(Lanes value, const tile_position& at) const noexcept {
    return value + lanes<Lanes>::load(values.row_data(at.row) + at.column, at.count);
  }
  template <class Output>
  void expects_apart(const matrix_view<Output>& y) const {
    const bool same = std::is_same_v<Output, float> && static_cast<const void*>(values.data()) == y.data() &&
                      (values.stride() == y.stride() || y.rows() <= 1);
    expects(same || !overlap(values, y), "gemm: residual overlaps y without being y itself");
  }
  void expects_shape(matrix_shape output) const {
    expects_valid(values, "gemm", "residual");
    expects(values.shape() == output, "gemm: residual is [", values.rows(), ", ", values.cols(), "], the output [",
            output.rows, ", ", output.cols, "]");
  }
};

/// max(v, 0); NaN gives 0.
struct relu {
  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE Lanes apply(Lanes value, const tile_position&) const noexcept {
    return maximum(value, lanes<Lanes>::broadcast(0.0f));
  }
};

/// min(max(v, low), high); NaN gives low.
struct clamp {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE Lanes apply(Lanes value, const tile_position&) const noexcept {
    return minimum(maximum(value, lanes<Lanes>::broadcast(low)), lanes<Lanes>::broadcast(high));
  }
  void expects_shape(matrix_shape) const {
    expects(low <= high, "gemm: clamp has low ", low, " above high ", high);
  }
};

static_assert(epilogue_stage<add_bias> && epilogue_stage<residual> && epilogue_stage<clamp>);

}  // namespace halftone::inline v0_1
