// SPDX-License-Identifier: MIT
// Halftone example: the Llama architecture, whatever its weights are.
#pragma once

#include "attention.hpp"
#include "buffers.hpp"
#include "language_model.hpp"
#include "linear.hpp"

namespace llama {

/// Runs tokens through a model, and keeps the buffers between its layers.
///
/// @tparam Activations  what matrices are multiplied with: `prepare(floats, context)` makes them, once for all matrices
///                      that read them
template <class Activations>
class architecture {
 public:
  explicit architecture(const config& sizes, Activations activations = {})
      : turn_(sizes), activations_(std::move(activations)) {}

  /// @param p  `parameters`, or what has the same members
  template <class Parameters>
  void forward(const Parameters& p, std::span<const input> inputs, halftone::matrix_view<float> logits,
               const halftone::context& context) {
    const config& c = p.sizes;
    const std::size_t rows = expects_inputs(c, inputs, logits.shape());
    buffers_.reserve(c, rows);
    const auto x = buffers_.hidden(rows);
    embed(p, inputs, x);
    for (std::size_t i = 0; i < p.layers.size(); ++i) {
      attention(c, p.layers[i], i, inputs, x, context);
      feed_forward(c, p.layers[i], x, context);
    }
    const view last = logits.rows() == rows ? x : last_rows(inputs, x);
    p.logits(normalized(c, last, p.norm, context), logits, halftone::epilogue{}, context);
    for (const input& in : inputs) {
      in.cache->advance(in.tokens.size());
    }
  }

 private:
  using view = halftone::matrix_view<float>;

  /// What the linear layers of one block share: the norm, and where activations are int8, their quantization.
  auto normalized(const config& c, view x, const std::vector<float>& weight, const halftone::context& context) {
    const view y = buffers_.normalized(x.rows());
    normalize(x, weight, c.norm_epsilon, y);
    return activations_.prepare(y, context);
  }

  template <class Parameters>
  static void embed(const Parameters& p, std::span<const input> inputs, view x) {
    std::size_t row = 0;
    for (const input& in : inputs) {
      for (const std::int32_t token : in.tokens) {
        p.embed(static_cast<std::size_t>(token), x.row(row++));
      }
    }
  }

  /// Moves the last row of each input to the front.
  static view last_rows(std::span<const input> inputs, view x) {
    std::size_t end = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      end += inputs[i].tokens.size();
      std::copy_n(x.row_data(end - 1), x.cols(), x.row_data(i));
    }
    return {x.data(), inputs.size(), x.cols()};
  }

  /// x += output(attention(norm(x))).
  template <class Layer>
  void attention(const config& c, const Layer& layer, std::size_t index, std::span<const input> inputs, view x,
                 const halftone::context& context) {
    const auto shared = normalized(c, x, layer.attention_norm, context);
    const projections p = buffers_.projected(x.rows());
    layer.query(shared, p.query, halftone::epilogue{}, context);
    layer.key(shared, p.key, halftone::epilogue{}, context);
    layer.value(shared, p.value, halftone::epilogue{}, context);
    rotate_and_store(c, turn_, inputs, index, p);
    const view mixed = buffers_.normalized(x.rows());
    attend(c, inputs, index, p.query, mixed, context);
    layer.output(activations_.prepare(mixed, context), x, halftone::epilogue{halftone::residual{x}}, context);
  }

  /// x += down(silu(gate(norm(x))) * up(norm(x))).
  template <class Layer>
  void feed_forward(const config& c, const Layer& layer, view x, const halftone::context& context) {
    const auto shared = normalized(c, x, layer.feed_forward_norm, context);
    const view inner = buffers_.inner(x.rows());
    layer.gate(shared, inner, halftone::epilogue{}, context);
    layer.up(shared, inner, halftone::epilogue{gated_by{inner}}, context);
    layer.down(activations_.prepare(inner, context), x, halftone::epilogue{halftone::residual{x}}, context);
  }

  rotary turn_;
  Activations activations_;
  buffers buffers_;
};

}  // namespace llama
