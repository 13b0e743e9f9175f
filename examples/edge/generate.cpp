// SPDX-License-Identifier: MIT
// Halftone example: runs where the program is built. Quantizes and packs a checkpoint, writes it down as C++ arrays, and
// with them what the program must compute, by halftone::reference.
//
// usage: generate MODEL.safetensors WEIGHTS.hpp WEIGHTS.cpp
#include "model.hpp"

#include <halftone/io/safetensors_file.hpp>

#include <cstdio>
#include <deque>
#include <fstream>
#include <string>
#include <vector>

namespace {

using matrix = halftone::quantized_matrix<edge::scheme>;
using namespace std::string_literals;

/// Reads tensors by name; every shape must be the one of model.hpp.
class checkpoint {
 public:
  explicit checkpoint(const char* path) : file_(open(path)) {}

  [[nodiscard]] const halftone::safetensors_tensor& tensor(const std::string& name, std::vector<std::uint64_t> shape) const {
    const halftone::safetensors_tensor* found = file_.find(name);
    halftone::expects(found != nullptr && found->shape == shape && found->type == halftone::safetensors_type::BF16, name,
                      ": not there, or another shape or type than this example expects");
    return *found;
  }
  [[nodiscard]] std::vector<float> floats(const std::string& name, std::vector<std::uint64_t> shape) const {
    const auto bytes = tensor(name, std::move(shape)).bytes;
    std::vector<float> values(bytes.size() / 2);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = halftone::bf16::decode(halftone::read_code<16>(bytes.data(), i));
    }
    return values;
  }

 private:
  static halftone::safetensors_file open(const char* path) {
    auto file = halftone::safetensors_file::open(path);
    halftone::expects(file.has_value(), path, ": ", file.failure().text);
    return std::move(file).value();
  }
  halftone::safetensors_file file_;
};

/// Writes arrays: declared in the header, defined in the source.
class writer {
 public:
  writer(const char* header, const char* source) : header_(header), source_(source) {
    header_ << "// Written by generate.cpp: do not edit.\n#pragma once\n#include \"model.hpp\"\nnamespace edge {\n";
    source_ << "// Written by generate.cpp: do not edit.\n#include \"weights.hpp\"\nnamespace edge {\n"
            << "constexpr halftone::binary16 b(unsigned code) { return static_cast<halftone::binary16>(code); }\n"
            << std::hexfloat;
  }

  template <class Value>
  static auto number(Value value) {
    if constexpr (std::is_enum_v<Value>) {
      return +static_cast<std::underlying_type_t<Value>>(value);
    } else {
      return +value;
    }
  }
  template <class Value>
  void array(const std::string& name, const char* type, std::span<const Value> values) {
    header_ << "extern const " << type << ' ' << name << '[' << values.size() << "];\n";
    source_ << "alignas(64) constexpr " << type << ' ' << name << '[' << values.size() << "] = {";
    for (std::size_t i = 0; i < values.size(); ++i) {
      source_ << (i % 32 == 0 ? "\n" : "") << (std::is_enum_v<Value> ? "b(" : "") << number(values[i]);
      source_ << (std::is_same_v<Value, float> ? "f," : std::is_enum_v<Value> ? ")," : ",");
    }
    source_ << "};\n";
  }
  /// The planes of a packed matrix; returns the text of its view.
  std::string planes(const std::string& name, const matrix& q) {
    const auto packed = halftone::pack(q);
    const auto planes = packed.planes();
    array(name + "_lines", "std::uint8_t", planes.lines);
    array(name + "_scales", "halftone::binary16", planes.scales);
    array(name + "_sums", "std::int32_t", planes.code_sums);
    return "{{" + std::to_string(q.rows()) + ", " + std::to_string(q.cols()) + "}, {.lines = " + name +
           "_lines, .scales = " + name + "_scales, .code_sums = " + name + "_sums}}";
  }
  void text(const std::string& words) { header_ << words; }
  [[nodiscard]] bool finish() {
    header_ << "}  // namespace edge\n";
    source_ << "}  // namespace edge\n";
    header_.close();
    source_.close();
    return header_.good() && source_.good();
  }

 private:
  std::ofstream header_, source_;
};

int generate(const char* model, const char* header, const char* source) {
  const checkpoint from(model);
  writer to(header, source);
  std::deque<std::vector<float>> vectors;
  std::deque<matrix> matrices;
  edge::model_weights<const matrix*> w{};
  std::string text = "inline constexpr model_weights<halftone::packed_view<scheme>> weights{\n";
  text += "  .embedding = embedding, .block = {\n";

  const auto vector = [&](const std::string& name, const std::string& tensor) {
    vectors.push_back(from.floats(tensor, {edge::hidden}));
    to.array(name, "float", std::span<const float>(vectors.back()));
    return vectors.back().data();
  };
  const auto linear = [&](const std::string& name, const std::string& tensor, std::size_t n, std::size_t k) {
    const std::vector<float> values = from.floats(tensor, {n, k});
    matrices.push_back(halftone::quantize<edge::scheme>({values.data(), n, k}));
    text += to.planes(name, matrices.back());
    return &matrices.back();
  };

  const auto& table = from.tensor("model.embed_tokens.weight", {edge::vocabulary, edge::hidden});
  std::vector<std::uint16_t> embedding(edge::vocabulary * edge::hidden);
  for (std::size_t i = 0; i < embedding.size(); ++i) {
    embedding[i] = static_cast<std::uint16_t>(halftone::read_code<16>(table.bytes.data(), i));
  }
  to.array("embedding", "std::uint16_t", std::span<const std::uint16_t>(embedding));
  w.embedding = embedding.data();
  for (std::size_t b = 0; b < edge::blocks; ++b) {
    const std::string prefix = "model.layers." + std::to_string(b) + ".";
    const std::string name = "block" + std::to_string(b) + "_";
    edge::block_weights<const matrix*>& block = w.block[b];
    using namespace edge;
    const auto member = [&](const char* what) { text += what; };
    block.attention_norm = vector(name + "attention_norm", prefix + "input_layernorm.weight");
    member("  {"), text += name + "attention_norm";
    member(",\n   "), block.query = linear(name + "query", prefix + "self_attn.q_proj.weight", hidden, hidden);
    member(",\n   "), block.key = linear(name + "key", prefix + "self_attn.k_proj.weight", key_value_size, hidden);
    member(",\n   "), block.value = linear(name + "value", prefix + "self_attn.v_proj.weight", key_value_size, hidden);
    member(",\n   "), block.output = linear(name + "output", prefix + "self_attn.o_proj.weight", hidden, hidden);
    block.feed_forward_norm = vector(name + "feed_forward_norm", prefix + "post_attention_layernorm.weight");
    member(",\n   "), text += name + "feed_forward_norm";
    member(",\n   "), block.gate = linear(name + "gate", prefix + "mlp.gate_proj.weight", feed_forward, hidden);
    member(",\n   "), block.up = linear(name + "up", prefix + "mlp.up_proj.weight", feed_forward, hidden);
    member(",\n   "), block.down = linear(name + "down", prefix + "mlp.down_proj.weight", hidden, feed_forward);
    member("},\n");
  }
  w.norm = vector("norm", "model.norm.weight");
  text += "  }, .norm = norm, .logits = ";
  w.logits = linear("logits", "lm_head.weight", edge::vocabulary, edge::hidden);
  text += ", .cosines = cosines, .sines = sines};\n";

  // Angles are computed here alone: libm gives other bits elsewhere, arrays do not.
  std::vector<float> cosines, sines;
  for (std::size_t position = 0; position < edge::context; ++position) {
    for (std::size_t i = 0; i < edge::head_size / 2; ++i) {
      const double frequency = std::pow(10000.0, -2.0 * static_cast<double>(i) / static_cast<double>(edge::head_size));
      cosines.push_back(static_cast<float>(std::cos(static_cast<double>(position) * frequency)));
      sines.push_back(static_cast<float>(std::sin(static_cast<double>(position) * frequency)));
    }
  }
  to.array("cosines", "float", std::span<const float>(cosines));
  to.array("sines", "float", std::span<const float>(sines));
  w.cosines = cosines.data();
  w.sines = sines.data();

  edge::state s{};
  edge::outcome expected;
  edge::write(w, s, expected, [](std::span<const float> x, const matrix* q, std::span<float> y, const auto& finish) {
    halftone::reference::gemv(halftone::dynamic<edge::activations>({x.data(), 1, x.size()}), *q, y, finish);
  });
  text += "inline constexpr outcome expected{.hash = " + std::to_string(expected.hash) + "u, .tokens = {";
  for (const std::uint16_t token : expected.tokens) {
    text += std::to_string(token) + ", ";
  }
  to.text(text + "}};\n");
  return to.finish() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: generate MODEL.safetensors WEIGHTS.hpp WEIGHTS.cpp\n");
    return 2;
  }
  try {
    return generate(argv[1], argv[2], argv[3]);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "generate: %s\n", e.what());
    return 1;
  }
}
