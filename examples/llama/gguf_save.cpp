// SPDX-License-Identifier: MIT
// Halftone example: writing GGUF files.
#include "gguf_save.hpp"

#include "gguf_model.hpp"
#include "tokenizer.hpp"

#include <halftone/io/gguf_writer.hpp>

namespace llama {

namespace {

/// The bytes of a character in UTF-8, below U+0800.
std::string utf8(std::uint32_t point) {
  return point < 128 ? std::string{static_cast<char>(point)}
                     : std::string{static_cast<char>(0xc0 | point >> 6), static_cast<char>(0x80 | (point & 63))};
}

void describe_tokenizer(halftone::gguf_writer& writer) {
  std::vector<std::string> tokens;
  std::vector<std::int32_t> types(token_count, 1);
  std::uint32_t invisible = 256;
  for (std::int32_t token = 0; token < end_of_text; ++token) {
    const auto byte = static_cast<std::uint8_t>(decode(std::span(&token, 1)).front());
    const bool visible = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    tokens.push_back(utf8(visible ? byte : invisible++));
  }
  tokens.emplace_back("<|endoftext|>");
  types[end_of_text] = 3;  // control
  writer.set("tokenizer.ggml.model", "gpt2");
  writer.set("tokenizer.ggml.pre", "gpt-2");
  writer.set("tokenizer.ggml.tokens", tokens);
  writer.set("tokenizer.ggml.token_type", types);
  writer.set("tokenizer.ggml.merges", std::vector<std::string>{});
  writer.set("tokenizer.ggml.bos_token_id", static_cast<std::uint32_t>(end_of_text));
  writer.set("tokenizer.ggml.eos_token_id", static_cast<std::uint32_t>(end_of_text));
  writer.set("tokenizer.ggml.add_bos_token", true);
}

void describe_model(halftone::gguf_writer& writer, const config& c, std::string_view type) {
  const auto number = [](std::size_t value) { return static_cast<std::uint32_t>(value); };
  writer.set("general.architecture", "llama");
  writer.set("general.name", "Halftone's example model, " + std::string(type));
  writer.set("llama.block_count", number(c.layers));
  writer.set("llama.context_length", number(c.context));
  writer.set("llama.embedding_length", number(c.hidden));
  writer.set("llama.feed_forward_length", number(c.feed_forward));
  writer.set("llama.attention.head_count", number(c.heads));
  writer.set("llama.attention.head_count_kv", number(c.key_value_heads));
  writer.set("llama.rope.freq_base", c.rope_theta);
  writer.set("llama.rope.dimension_count", number(c.head_size()));
  writer.set("llama.attention.layer_norm_rms_epsilon", c.norm_epsilon);
  writer.set("llama.vocab_size", number(c.vocabulary));
  writer.set("general.quantization_version", std::uint32_t{2});
}

/// A tensor of the file: its name, where its weights come from, and how its rows are ordered.
struct planned {
  std::string name;
  std::string source;
  halftone::matrix_shape shape;
  const matrix_type* type;
  bool interleaved = false;
};

std::vector<planned> plan(const config& c, const weight_source& source, const matrix_type& type) {
  const matrix_type* floats = find_matrix_type(halftone::gguf_tensor_type::F32);
  std::vector<planned> all;
  const halftone::matrix_shape table{c.vocabulary, c.hidden};
  const auto add = [&](const std::string& name, const std::string& from, halftone::matrix_shape shape,
                       const matrix_type* kept, bool interleaved = false) {
    all.push_back({name, from, shape, kept, interleaved});
  };
  add("token_embd.weight", "model.embed_tokens.weight", table, floats);
  for (std::size_t i = 0; i < c.layers; ++i) {
    const std::string to = std::string("blk.").append(std::to_string(i)).append(".");
    const std::string from = std::string("model.layers.").append(std::to_string(i)).append(".");
    add(to + "attn_norm.weight", from + "input_layernorm.weight", {1, c.hidden}, floats);
    add(to + "attn_q.weight", from + "self_attn.q_proj.weight", {c.hidden, c.hidden}, &type, true);
    add(to + "attn_k.weight", from + "self_attn.k_proj.weight", {c.key_value_size(), c.hidden}, &type, true);
    add(to + "attn_v.weight", from + "self_attn.v_proj.weight", {c.key_value_size(), c.hidden}, &type);
    add(to + "attn_output.weight", from + "self_attn.o_proj.weight", {c.hidden, c.hidden}, &type);
    add(to + "ffn_norm.weight", from + "post_attention_layernorm.weight", {1, c.hidden}, floats);
    add(to + "ffn_gate.weight", from + "mlp.gate_proj.weight", {c.feed_forward, c.hidden}, &type);
    add(to + "ffn_up.weight", from + "mlp.up_proj.weight", {c.feed_forward, c.hidden}, &type);
    add(to + "ffn_down.weight", from + "mlp.down_proj.weight", {c.hidden, c.feed_forward}, &type);
  }
  add("output_norm.weight", "model.norm.weight", {1, c.hidden}, floats);
  const bool tied = !source.contains("lm_head.weight");
  add("output.weight", tied ? "model.embed_tokens.weight" : "lm_head.weight", table, &type);
  return all;
}

}  // namespace

void save_gguf(const config& c, const weight_source& source, const matrix_type& type, const std::filesystem::path& path) {
  halftone::expects(c.vocabulary == token_count, "save_gguf: the vocabulary has ", c.vocabulary,
                    " tokens; this program's tokenizer has ", token_count);
  halftone::gguf_writer writer;
  describe_model(writer, c, halftone::name_of(type.type));
  describe_tokenizer(writer);
  const std::vector<planned> tensors = plan(c, source, type);
  for (const planned& each : tensors) {
    std::vector<std::uint64_t> dims{each.shape.cols};
    if (each.shape.rows != 1) {
      dims.push_back(each.shape.rows);
    }
    writer.add(each.name, each.type->type, dims);
  }
  halftone::gguf_output output = writer.open(path.string());
  for (const planned& each : tensors) {
    std::vector<float> w = source.read(each.source, each.shape);
    if (each.interleaved) {
      std::vector<float> ordered(w.size());
      for (std::size_t row = 0; row < each.shape.rows; ++row) {
        std::copy_n(w.begin() + static_cast<std::ptrdiff_t>(row * each.shape.cols), each.shape.cols,
                    ordered.begin() + static_cast<std::ptrdiff_t>(interleaved_row(row, c.head_size()) * each.shape.cols));
      }
      w = std::move(ordered);
    }
    output.write(each.name, each.type->encode({w.data(), each.shape.rows, each.shape.cols}));
  }
  const auto written = output.commit();
  halftone::expects(written.has_value(), written.has_value() ? std::string() : written.failure().text);
}

}  // namespace llama
