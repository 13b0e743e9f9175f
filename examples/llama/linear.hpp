// SPDX-License-Identifier: MIT
// Halftone example: a linear layer, y = x W^T, with weights of one scheme and activations as floats or as int8.
#pragma once

#include <halftone/halftone.hpp>

namespace llama {

/// Activations stay floats.
struct float_activations {
  [[nodiscard]] static halftone::matrix_view<const float> prepare(halftone::matrix_view<const float> x,
                                                                  const halftone::context&) {
    return x;
  }
};

/// Activations become int8 with one scale a token, once for all layers that read them.
struct int8_activations {
  [[nodiscard]] static auto prepare(halftone::matrix_view<const float> x, const halftone::context& context) {
    return halftone::quantize_activations<halftone::int8_per_token>(x, context);
  }
};

/// Epilogue stage of this example: v * silu(gate(row, column)). It joins the two halves of SwiGLU as they are stored.
/// `gate` may be the output itself.
struct gated_by {
  halftone::matrix_view<const float> gate;

  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE Lanes apply(Lanes value, const halftone::tile_position& at) const noexcept {
    using halftone::product;
    const Lanes g = halftone::lanes<Lanes>::load(gate.row_data(at.row) + at.column, at.count);
    return product(value, halftone::silu{}.apply(g, at));
  }
  void expects_shape(halftone::matrix_shape output) const {
    halftone::expects(gate.shape() == output, "gated_by: gate is [", gate.rows(), ", ", gate.cols(), "], the output [",
                      output.rows, ", ", output.cols, "]");
  }
};
static_assert(halftone::epilogue_stage<gated_by>);

/// Quantizes weights: by the range of each group, and of 3 bits and fewer by a search for the range with the least error,
/// which few levels need most.
template <class Scheme>
[[nodiscard]] halftone::quantized_matrix<Scheme> quantize_weights(halftone::matrix_view<const float> w) {
  if constexpr (Scheme::element_type::bits <= 3) {
    return halftone::quantize<Scheme>(w, halftone::clip_search{});
  } else {
    return halftone::quantize<Scheme>(w);
  }
}

/// The weights of a linear layer in kernel order.
template <class Scheme>
class linear {
 public:
  linear() : linear(halftone::quantized_matrix<Scheme>{}) {}
  explicit linear(const halftone::quantized_matrix<Scheme>& q)
      : packed_(halftone::pack(q)), file_bytes_(q.byte_count()) {}

  /// @param x  what Activations::prepare returned
  template <class X, class Epilogue = halftone::epilogue<>>
  void operator()(const X& x, halftone::matrix_view<float> y, const Epilogue& finish,
                  const halftone::context& context) const {
    halftone::gemm(x, packed_, y, finish, context);
  }

  [[nodiscard]] halftone::quantized_matrix<Scheme> quantized() const { return halftone::unpack(packed_); }
  [[nodiscard]] halftone::matrix_shape shape() const noexcept { return packed_.shape(); }
  [[nodiscard]] std::size_t file_bytes() const noexcept { return file_bytes_; }
  [[nodiscard]] std::size_t streamed_bytes() const { return packed_.streamed_bytes(); }

 private:
  halftone::packed_matrix<Scheme> packed_;
  std::size_t file_bytes_;
};

}  // namespace llama
