// SPDX-License-Identifier: MIT
// Halftone example: the Llama architecture with weights of one scheme.
#pragma once

#include "attention.hpp"
#include "buffers.hpp"
#include "linear.hpp"
#include "parameters.hpp"
#include "scheme_list.hpp"

namespace llama {

/// @tparam Scheme       of every linear layer, the last one (logits) included
/// @tparam Activations  float_activations or int8_activations
template <class Scheme, class Activations>
class quantized_model final : public model_of<Scheme> {
 public:
  explicit quantized_model(parameters<Scheme> p) : p_(std::move(p)), turn_(p_.sizes) {}

  [[nodiscard]] const llama::config& config() const noexcept override { return p_.sizes; }
  [[nodiscard]] model_size size() const override { return p_.size(); }
  [[nodiscard]] const parameters<Scheme>& weights() const noexcept override { return p_; }

  void forward(std::span<const input> inputs, halftone::matrix_view<float> logits,
               const halftone::context& context) override {
    const std::size_t rows = expects_inputs(p_.sizes, inputs, logits.shape());
    buffers_.reserve(p_.sizes, rows);
    const auto x = buffers_.hidden(rows);
    embed(inputs, x);
    for (std::size_t i = 0; i < p_.layers.size(); ++i) {
      attention(p_.layers[i], i, inputs, x, context);
      feed_forward(p_.layers[i], x, context);
    }
    p_.logits(normalized(x, p_.norm, context), logits, halftone::epilogue{}, context);
    for (const input& in : inputs) {
      in.cache->advance(in.tokens.size());
    }
  }

 private:
  using view = halftone::matrix_view<float>;

  /// What the linear layers of one block share: the norm, and where activations are int8, their quantization.
  auto normalized(view x, const std::vector<float>& weight, const halftone::context& context) {
    const view y = buffers_.normalized(x.rows());
    normalize(x, weight, p_.sizes.norm_epsilon, y);
    return Activations::prepare(y, context);
  }

  void embed(std::span<const input> inputs, view x) const {
    std::size_t row = 0;
    for (const input& in : inputs) {
      for (const std::int32_t token : in.tokens) {
        p_.embed(static_cast<std::size_t>(token), x.row(row++));
      }
    }
  }

  /// x += output(attention(norm(x))).
  void attention(const layer_parameters<Scheme>& layer, std::size_t index, std::span<const input> inputs, view x,
                 const halftone::context& context) {
    const auto shared = normalized(x, layer.attention_norm, context);
    const projections p = buffers_.projected(x.rows());
    layer.query(shared, p.query, halftone::epilogue{}, context);
    layer.key(shared, p.key, halftone::epilogue{}, context);
    layer.value(shared, p.value, halftone::epilogue{}, context);
    rotate_and_store(p_.sizes, turn_, inputs, index, p);
    const view mixed = buffers_.normalized(x.rows());
    attend(p_.sizes, inputs, index, p.query, mixed, context);
    layer.output(Activations::prepare(mixed, context), x, halftone::epilogue{halftone::residual{x}}, context);
  }

  /// x += down(silu(gate(norm(x))) * up(norm(x))).
  void feed_forward(const layer_parameters<Scheme>& layer, view x, const halftone::context& context) {
    const auto shared = normalized(x, layer.feed_forward_norm, context);
    const view inner = buffers_.inner(x.rows());
    layer.gate(shared, inner, halftone::epilogue{}, context);
    layer.up(shared, inner, halftone::epilogue{gated_by{inner}}, context);
    layer.down(Activations::prepare(inner, context), x, halftone::epilogue{halftone::residual{x}}, context);
  }

  parameters<Scheme> p_;
  rotary turn_;
  buffers buffers_;
};

template <class Scheme, class Activations>
std::unique_ptr<language_model> make_model(parameters<Scheme> weights) {
  return std::make_unique<quantized_model<Scheme, Activations>>(std::move(weights));
}

template <class Scheme, class Activations>
std::unique_ptr<language_model> make_model(const config& sizes, const weight_source& source) {
  return make_model<Scheme, Activations>(parameters<Scheme>::quantize(sizes, source));
}

}  // namespace llama
