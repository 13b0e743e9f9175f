// SPDX-License-Identifier: MIT
// Halftone example: all weights of a model, and the names that checkpoints give them.
#pragma once

#include "language_model.hpp"
#include "linear.hpp"
#include "weights.hpp"

#include <string>
#include <vector>

namespace llama {

template <class Scheme>
struct layer_parameters {
  std::vector<float> attention_norm;
  linear<Scheme> query;
  linear<Scheme> key;
  linear<Scheme> value;
  linear<Scheme> output;
  std::vector<float> feed_forward_norm;
  linear<Scheme> gate;
  linear<Scheme> up;
  linear<Scheme> down;
};

/// The embedding table stays in bf16: a look-up reads one row of it, so its size costs no speed.
using embedding_scheme = halftone::brain_float16;

template <class Scheme>
struct parameters {
  config sizes;
  halftone::quantized_matrix<embedding_scheme> embedding;
  std::vector<layer_parameters<Scheme>> layers;
  std::vector<float> norm;
  linear<Scheme> logits;

  explicit parameters(const config& c) : sizes(c), layers(c.layers) {}

  /// Quantizes one matrix after the other: beside the result there is never more than one of them as floats.
  [[nodiscard]] static parameters quantize(const config& c, const weight_source& source) {
    parameters p(c);
    const std::vector<float> table = source.read(embedding_name, {c.vocabulary, c.hidden});
    p.embedding = halftone::quantize<embedding_scheme>({table.data(), c.vocabulary, c.hidden});
    p.for_each_vector([&](const std::string& name, std::vector<float>& v) { v = source.read(name, {1, c.hidden}); });
    p.for_each_linear([&](const std::string& name, linear<Scheme>& layer, halftone::matrix_shape shape) {
      const bool tied = name == logits_name && !source.contains(name);
      const std::vector<float> w = source.read(tied ? embedding_name : name, shape);
      layer = linear<Scheme>(quantize_weights<Scheme>({w.data(), shape.rows, shape.cols}));
    });
    return p;
  }

  /// Writes one row of the embedding table.
  void embed(std::size_t token, std::span<float> x) const noexcept {
    const std::uint8_t* codes = embedding.row_codes(token).data();
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = halftone::bf16::decode(halftone::read_code<16>(codes, i));
    }
  }

  [[nodiscard]] model_size size() const {
    model_size s{.other_bytes = embedding.byte_count()};
    auto& self = const_cast<parameters&>(*this);  // the visitors below only read
    self.for_each_vector([&](const std::string&, std::vector<float>& v) { s.other_bytes += v.size() * sizeof(float); });
    self.for_each_linear([&](const std::string&, linear<Scheme>& layer, halftone::matrix_shape shape) {
      s.linear_weights += shape.rows * shape.cols;
      s.linear_bytes += layer.file_bytes();
      s.streamed_bytes += layer.streamed_bytes();
    });
    return s;
  }

  static constexpr const char* embedding_name = "model.embed_tokens.weight";
  static constexpr const char* logits_name = "lm_head.weight";

  /// Calls visit(name, vector) for each norm.
  template <class Visitor>
  void for_each_vector(Visitor&& visit) {
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const std::string prefix = "model.layers." + std::to_string(i);
      visit(prefix + ".input_layernorm.weight", layers[i].attention_norm);
      visit(prefix + ".post_attention_layernorm.weight", layers[i].feed_forward_norm);
    }
    visit("model.norm.weight", norm);
  }

  /// Calls visit(name, linear, shape) for each linear layer.
  template <class Visitor>
  void for_each_linear(Visitor&& visit) {
    const halftone::matrix_shape square{sizes.hidden, sizes.hidden};
    const halftone::matrix_shape shared{sizes.key_value_size(), sizes.hidden};
    const halftone::matrix_shape wide{sizes.feed_forward, sizes.hidden};
    const halftone::matrix_shape narrow{sizes.hidden, sizes.feed_forward};
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const std::string prefix = "model.layers." + std::to_string(i);
      visit(prefix + ".self_attn.q_proj.weight", layers[i].query, square);
      visit(prefix + ".self_attn.k_proj.weight", layers[i].key, shared);
      visit(prefix + ".self_attn.v_proj.weight", layers[i].value, shared);
      visit(prefix + ".self_attn.o_proj.weight", layers[i].output, square);
      visit(prefix + ".mlp.gate_proj.weight", layers[i].gate, wide);
      visit(prefix + ".mlp.up_proj.weight", layers[i].up, wide);
      visit(prefix + ".mlp.down_proj.weight", layers[i].down, narrow);
    }
    visit(std::string(logits_name), logits, halftone::matrix_shape{sizes.vocabulary, sizes.hidden});
  }
};

/// A model whose weights can be looked at by whoever knows their scheme.
template <class Scheme>
class model_of : public language_model {
 public:
  [[nodiscard]] virtual const parameters<Scheme>& weights() const noexcept = 0;
};

/// Quantizes and packs a model. Compiled once for each scheme, in schemes/.
template <class Scheme, class Activations>
[[nodiscard]] std::unique_ptr<language_model> make_model(const config& sizes, const weight_source& source);

/// A model with weights that are there already.
template <class Scheme, class Activations>
[[nodiscard]] std::unique_ptr<language_model> make_model(parameters<Scheme> weights);

}  // namespace llama
