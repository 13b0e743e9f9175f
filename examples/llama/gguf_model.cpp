// SPDX-License-Identifier: MIT
// Halftone example: models from GGUF files.
#include "gguf_model.hpp"

#include "architecture.hpp"

#include <set>

namespace llama {

namespace {

using halftone::gguf_file;
using halftone::gguf_tensor;

/// Takes the tensors of a file one by one, and refuses what nobody took.
class tensor_reader {
 public:
  tensor_reader(const gguf_file& file, const std::string& origin) : file_(file), origin_(origin) {}

  [[nodiscard]] bool contains(const std::string& name) const { return file_.find(name).has_value(); }

  gguf_tensor take(const std::string& name, halftone::matrix_shape shape) {
    const auto tensor = file_.find(name);
    halftone::expects(tensor.has_value(), origin_, ": there is no tensor ", name);
    halftone::expects(tensor->cols() == shape.cols && tensor->rows() == shape.rows, origin_, ": tensor ", name, " is [",
                      tensor->rows(), ", ", tensor->cols(), "], should be [", shape.rows, ", ", shape.cols, "]");
    halftone::expects(tensor->byte_order == std::endian::little, origin_, ": tensor ", name,
                      " is of a big-endian machine, which this program does not run");
    taken_.insert(name);
    return *tensor;
  }
  const matrix_type& type_of(const gguf_tensor& tensor) const {
    const matrix_type* type = find_matrix_type(tensor.type);
    halftone::expects(type != nullptr, origin_, ": tensor ", std::string(tensor.name), " has the type ",
                      std::string(halftone::name_of(tensor.type)), "; this program runs ", names_of_matrix_types());
    return *type;
  }

  std::vector<float> vector(const std::string& name, std::size_t size) {
    const gguf_tensor tensor = take(name, {1, size});
    std::vector<float> values(size);
    type_of(tensor).decode_row(tensor.bytes, values);
    return values;
  }
  any_linear matrix(const std::string& name, halftone::matrix_shape shape) {
    const gguf_tensor tensor = take(name, shape);
    return packed(tensor, tensor.bytes, shape);
  }
  /// A matrix whose rows GGUF files interleave.
  any_linear rotated_matrix(const std::string& name, halftone::matrix_shape shape, std::size_t head_size) {
    const gguf_tensor tensor = take(name, shape);
    const std::size_t length = type_of(tensor).row_bytes(shape.cols);
    std::vector<std::uint8_t> ordered(tensor.bytes.size());
    for (std::size_t row = 0; row < shape.rows; ++row) {
      const auto from = tensor.bytes.subspan(interleaved_row(row, head_size) * length, length);
      std::copy(from.begin(), from.end(), ordered.begin() + static_cast<std::ptrdiff_t>(row * length));
    }
    return packed(tensor, ordered, shape);
  }

  void expects_all_taken() const {
    for (const gguf_tensor& tensor : file_.tensors()) {
      halftone::expects(taken_.contains(std::string(tensor.name)), origin_, ": tensor ", std::string(tensor.name),
                        " is no part of the models that this program runs");
    }
  }

 private:
  any_linear packed(const gguf_tensor& tensor, std::span<const std::uint8_t> blocks, halftone::matrix_shape shape) const {
    try {
      return any_linear(type_of(tensor), blocks, shape);
    } catch (const halftone::error& wrong) {
      halftone::fail(origin_, ": tensor ", std::string(tensor.name), ": ", wrong.what());
    }
  }

  const gguf_file& file_;
  const std::string& origin_;
  std::set<std::string> taken_;
};

}  // namespace

std::shared_ptr<const any_parameters> load_gguf(const std::filesystem::path& path, std::size_t context) {
  const std::string origin = path.string();
  auto opened = gguf_file::open(origin);
  halftone::expects(opened.has_value(), origin, ": ",
                    opened.has_value() ? std::string() : opened.failure().text);
  const config c = read_config(opened.value(), origin, context);
  auto p = std::make_shared<any_parameters>(c);
  p->file = std::move(opened).value();
  tensor_reader read(*p->file, origin);
  const halftone::matrix_shape table{c.vocabulary, c.hidden};
  const gguf_tensor embedding = read.take("token_embd.weight", table);
  p->embedding = {.type = &read.type_of(embedding), .blocks = embedding.bytes, .owned = {}};
  for (std::size_t i = 0; i < c.layers; ++i) {
    const std::string block = std::string("blk.").append(std::to_string(i)).append(".");
    any_layer& layer = p->layers[i];
    layer.attention_norm = read.vector(block + "attn_norm.weight", c.hidden);
    layer.query = read.rotated_matrix(block + "attn_q.weight", {c.hidden, c.hidden}, c.head_size());
    layer.key = read.rotated_matrix(block + "attn_k.weight", {c.key_value_size(), c.hidden}, c.head_size());
    layer.value = read.matrix(block + "attn_v.weight", {c.key_value_size(), c.hidden});
    layer.output = read.matrix(block + "attn_output.weight", {c.hidden, c.hidden});
    layer.feed_forward_norm = read.vector(block + "ffn_norm.weight", c.hidden);
    layer.gate = read.matrix(block + "ffn_gate.weight", {c.feed_forward, c.hidden});
    layer.up = read.matrix(block + "ffn_up.weight", {c.feed_forward, c.hidden});
    layer.down = read.matrix(block + "ffn_down.weight", {c.hidden, c.feed_forward});
  }
  p->norm = read.vector("output_norm.weight", c.hidden);
  p->tied = !read.contains("output.weight");
  p->logits = read.matrix(p->tied ? "token_embd.weight" : "output.weight", table);
  read.expects_all_taken();
  return p;
}

std::shared_ptr<const any_parameters> encode_model(const config& c, const weight_source& source, const matrix_type& type) {
  auto p = std::make_shared<any_parameters>(c);
  const auto matrix = [&](const std::string& name, halftone::matrix_shape shape) {
    const std::vector<float> w = source.read(name, shape);
    return any_linear(type, type.encode({w.data(), shape.rows, shape.cols}), shape);
  };
  const halftone::matrix_shape table{c.vocabulary, c.hidden};
  const std::vector<float> embedding = source.read("model.embed_tokens.weight", table);
  p->embedding.type = find_matrix_type(halftone::gguf_tensor_type::F32);
  p->embedding.owned = p->embedding.type->encode({embedding.data(), table.rows, table.cols});
  p->embedding.blocks = p->embedding.owned;
  for (std::size_t i = 0; i < c.layers; ++i) {
    const std::string prefix = std::string("model.layers.").append(std::to_string(i)).append(".");
    any_layer& layer = p->layers[i];
    layer.attention_norm = source.read(prefix + "input_layernorm.weight", {1, c.hidden});
    layer.query = matrix(prefix + "self_attn.q_proj.weight", {c.hidden, c.hidden});
    layer.key = matrix(prefix + "self_attn.k_proj.weight", {c.key_value_size(), c.hidden});
    layer.value = matrix(prefix + "self_attn.v_proj.weight", {c.key_value_size(), c.hidden});
    layer.output = matrix(prefix + "self_attn.o_proj.weight", {c.hidden, c.hidden});
    layer.feed_forward_norm = source.read(prefix + "post_attention_layernorm.weight", {1, c.hidden});
    layer.gate = matrix(prefix + "mlp.gate_proj.weight", {c.feed_forward, c.hidden});
    layer.up = matrix(prefix + "mlp.up_proj.weight", {c.feed_forward, c.hidden});
    layer.down = matrix(prefix + "mlp.down_proj.weight", {c.hidden, c.feed_forward});
  }
  p->norm = source.read("model.norm.weight", {1, c.hidden});
  p->tied = !source.contains("lm_head.weight");
  p->logits = matrix(p->tied ? "model.embed_tokens.weight" : "lm_head.weight", table);
  return p;
}

model_size any_parameters::size() const {
  model_size s;
  const auto add = [&](const any_linear& matrix, bool stored_here = true) {
    s.linear_weights += matrix.shape().rows * matrix.shape().cols;
    s.linear_bytes += stored_here ? matrix.file_bytes() : 0;
    s.streamed_bytes += matrix.streamed_bytes();
  };
  s.other_bytes = embedding.blocks.size() + norm.size() * sizeof(float);
  for (const any_layer& layer : layers) {
    for (const any_linear* each :
         {&layer.query, &layer.key, &layer.value, &layer.output, &layer.gate, &layer.up, &layer.down}) {
      add(*each);
    }
    s.other_bytes += (layer.attention_norm.size() + layer.feed_forward_norm.size()) * sizeof(float);
  }
  add(logits, !tied);
  return s;
}

namespace {

/// See activation_noise.
class noisy_activations {
 public:
  explicit noisy_activations(const activation_noise& noise) : noise_(noise) {}

  [[nodiscard]] halftone::matrix_view<const float> prepare(halftone::matrix_view<const float> x, const halftone::context&) {
    values_.resize(x.rows() * x.cols());
    const std::size_t block = noise_.block == 0 ? x.cols() : noise_.block;
    for (std::size_t row = 0; row < x.rows(); ++row) {
      for (std::size_t first = 0; first < x.cols(); first += block) {
        const std::size_t count = std::min(block, x.cols() - first);
        const float* from = x.row_data(row) + first;
        float largest = 0.0f;
        for (std::size_t i = 0; i < count; ++i) {
          largest = std::max(largest, std::abs(from[i]));
        }
        for (std::size_t i = 0; i < count; ++i) {
          const float half = std::min(largest / 254.0f, 1.7320508f * std::abs(from[i]));  // sqrt(3): see activation_noise
          values_[row * x.cols() + first + i] = from[i] + (2.0f * halftone::random_unit(noise_.seed, drawn_++) - 1.0f) * half;
        }
      }
    }
    return {values_.data(), x.rows(), x.cols()};
  }

 private:
  activation_noise noise_;
  std::uint64_t drawn_ = 0;
  std::vector<float> values_;
};

template <class Activations>
class any_model final : public language_model {
 public:
  any_model(std::shared_ptr<const any_parameters> p, Activations activations)
      : p_(std::move(p)), run_(p_->sizes, std::move(activations)) {}

  [[nodiscard]] const llama::config& config() const noexcept override { return p_->sizes; }
  [[nodiscard]] model_size size() const override { return p_->size(); }
  void forward(std::span<const input> inputs, halftone::matrix_view<float> logits,
               const halftone::context& context) override {
    run_.forward(*p_, inputs, logits, context);
  }

 private:
  std::shared_ptr<const any_parameters> p_;
  architecture<Activations> run_;
};

}  // namespace

std::unique_ptr<language_model> make_model(std::shared_ptr<const any_parameters> parameters, activation_kind activations,
                                           const activation_noise& noise) {
  switch (activations) {
    case activation_kind::floats:
      return std::make_unique<any_model<float_activations>>(std::move(parameters), float_activations{});
    case activation_kind::int8:
      return std::make_unique<any_model<grouped_activations>>(std::move(parameters), grouped_activations{});
    case activation_kind::noisy:
      break;
  }
  return std::make_unique<any_model<noisy_activations>>(std::move(parameters), noisy_activations(noise));
}

}  // namespace llama
