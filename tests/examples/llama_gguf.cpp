// SPDX-License-Identifier: MIT
// GGUF files in the engine: a model through a file and back, what is refused.
#include "gguf_files.hpp"

#include "examples/llama/gguf_model.hpp"
#include "examples/llama/gguf_save.hpp"
#include "examples/llama/gguf_tokenizer.hpp"
#include "examples/llama/quantized_model.hpp"
#include "examples/llama/tokenizer.hpp"

namespace {

using namespace gguf_test;
using namespace llama;

const config small{.vocabulary = 257, .hidden = 64, .feed_forward = 96, .layers = 2, .heads = 4, .key_value_heads = 2,
                   .context = 24};

/// Weights that follow from their names. bf16 holds them exactly: the embedding table of checkpoints is kept so.
class named_weights final : public weight_source {
 public:
  [[nodiscard]] bool contains(const std::string&) const override { return true; }
  [[nodiscard]] std::vector<float> read(const std::string& name, halftone::matrix_shape shape) const override {
    std::uint64_t seed = 1;
    for (const char c : name) {
      seed = halftone::random_bits(seed, static_cast<std::uint8_t>(c));
    }
    std::vector<float> values(shape.rows * shape.cols);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>(static_cast<int>(halftone::random_bits(seed, i) % 255) - 127) / 256.0f;
    }
    return values;
  }
};

std::vector<std::int32_t> some_tokens() {
  std::vector<std::int32_t> tokens(small.context);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    tokens[i] = static_cast<std::int32_t>(halftone::random_bits(5, i) % small.vocabulary);
  }
  return tokens;
}

std::vector<float> logits_of(language_model& model, std::size_t rows) {
  const std::vector<std::int32_t> tokens = some_tokens();
  std::vector<float> logits(rows * small.vocabulary);
  key_value_cache cache(model.config());
  const input in{tokens, &cache};
  model.forward({&in, 1}, {logits.data(), rows, small.vocabulary}, {});
  return logits;
}

TEST_CASE("a model through a file gives the logits of the same matrices without one") {
  for (const auto type : {halftone::gguf_tensor_type::F32, halftone::gguf_tensor_type::Q4_1, halftone::gguf_tensor_type::Q8_0}) {
    CAPTURE(std::string(halftone::name_of(type)));
    const temporary_file path("model.gguf");
    save_gguf(small, named_weights{}, *find_matrix_type(type), path.path());
    const auto loaded = load_gguf(path.path());
    CHECK(loaded->sizes.context == small.context);
    CHECK_FALSE(loaded->tied);
    const auto encoded = encode_model(small, named_weights{}, *find_matrix_type(type));
    for (const activation_kind kind : {activation_kind::floats, activation_kind::int8}) {
      const auto from_file = make_model(loaded, kind);
      const auto without = make_model(encoded, kind);
      const std::vector<float> all = logits_of(*from_file, small.context);
      CHECK(all == logits_of(*without, small.context));
      const std::vector<float> last = logits_of(*from_file, 1);
      CHECK(std::equal(last.begin(), last.end(), all.end() - static_cast<std::ptrdiff_t>(small.vocabulary)));
      if (kind == activation_kind::floats && type == halftone::gguf_tensor_type::F32) {
        using plain = quantized_model<halftone::float32, float_activations>;
        plain checkpoint(parameters<halftone::float32>::quantize(small, named_weights{}));
        CHECK(all == logits_of(checkpoint, small.context));  // the engine that has no GGUF files
      }
    }
    // The noise is what it says: nothing like the exact logits, and the same for the same seed.
    const auto noisy = [&](std::uint64_t seed) {
      return logits_of(*make_model(loaded, activation_kind::noisy, {.block = 32, .seed = seed}), small.context);
    };
    CHECK(noisy(1) == noisy(1));
    CHECK(noisy(1) != noisy(2));
  }
}

TEST_CASE("rows of query and key matrices are interleaved in files as llama.cpp wants them") {
  CHECK(interleaved_row(0, 8) == 0);
  CHECK(interleaved_row(1, 8) == 2);
  CHECK(interleaved_row(4, 8) == 1);
  CHECK(interleaved_row(7, 8) == 7);
  CHECK(interleaved_row(8 + 5, 8) == 8 + 3);
  const temporary_file path("rows.gguf");
  save_gguf(small, named_weights{}, *find_matrix_type(halftone::gguf_tensor_type::F32), path.path());
  const auto file = std::move(halftone::gguf_file::open(path.path())).value();
  const std::vector<float> w = named_weights{}.read("model.layers.1.self_attn.k_proj.weight", {32, 64});
  const auto tensor = file.find("blk.1.attn_k.weight");
  REQUIRE(tensor.has_value());
  for (std::size_t row = 0; row < 32; ++row) {
    const std::size_t from = row / 16 * 16 + row % 2 * 8 + row % 16 / 2;  // pairs of neighbours were halves
    for (std::size_t k = 0; k < 64; ++k) {
      CHECK(halftone::fp32::decode(halftone::read_code<32>(tensor->bytes.data(), row * 64 + k)) == w[from * 64 + k]);
    }
  }
}

/// A copy of a file with some metadata and tensors changed.
template <class Change>
std::string refusal(const Change& change) {
  const temporary_file original("original.gguf");
  save_gguf(small, named_weights{}, *find_matrix_type(halftone::gguf_tensor_type::Q8_0), original.path());
  const auto file = std::move(halftone::gguf_file::open(original.path())).value();
  halftone::gguf_writer writer;
  writer.set(file);
  std::vector<halftone::gguf_tensor> tensors;
  for (const halftone::gguf_tensor& each : file.tensors()) {
    tensors.push_back(each);
  }
  change(writer, tensors);
  for (const halftone::gguf_tensor& each : tensors) {
    writer.add(std::string(each.name), each.type, {each.dims().begin(), each.dims().end()}, each.bytes);
  }
  const temporary_file path("changed.gguf");
  REQUIRE(writer.write(path.path()).has_value());
  return message_of([&] { static_cast<void>(load_gguf(path.path())); });
}

TEST_CASE("files that the program does not run are refused with what is wrong") {
  using tensor_list = std::vector<halftone::gguf_tensor>;
  const auto with = [](const char* key, const auto& value) {
    return refusal([&](halftone::gguf_writer& writer, tensor_list&) { writer.set(key, value); });
  };
  const auto says = [](const std::string& message, const char* part) {
    CAPTURE(message);
    CHECK(message.find(part) != std::string::npos);
  };
  CHECK(refusal([](halftone::gguf_writer&, tensor_list&) {}) == "");
  says(with("general.architecture", "qwen2"), "the architecture is qwen2");
  says(with("llama.block_count", std::uint32_t{0}), "\"llama.block_count\" is 0");
  says(with("llama.block_count", "two"), "is missing or no integer");
  says(with("llama.block_count", std::int32_t{-1}), "is missing or no integer");
  CHECK(with("llama.block_count", std::uint64_t{2}) == "");
  says(with("llama.block_count", std::uint32_t{3}), "there is no tensor blk.2.attn_norm.weight");
  says(with("llama.block_count", std::uint32_t{1}), "is no part of the models");
  says(with("llama.attention.head_count", std::uint32_t{3}), "no even multiple of 3 heads");
  says(with("llama.attention.head_count_kv", std::uint32_t{3}), "cannot share 3");
  says(with("llama.rope.dimension_count", std::uint32_t{8}), "\"llama.rope.dimension_count\" is not 16");
  says(with("llama.rope.scaling.type", "yarn"), "\"llama.rope.scaling.type\" is not \"none\"");
  says(with("llama.rope.freq_base", -1.0f), "no positive number");
  says(with("llama.expert_count", std::uint32_t{8}), "\"llama.expert_count\" is not 0");
  says(with("llama.feed_forward_length", std::uint32_t{64}), "blk.0.ffn_gate.weight is [96, 64], should be [64, 64]");
  const auto changed = [](std::string_view name, const auto& change) {
    return refusal([&](halftone::gguf_writer&, tensor_list& tensors) {
      for (auto& each : tensors) {
        if (each.name == name) {
          change(each);
        }
      }
    });
  };
  says(changed("blk.1.attn_v.weight", [](halftone::gguf_tensor& t) { t.name = "rope_freqs.weight"; }),
       "there is no tensor blk.1.attn_v.weight");
  says(changed("blk.1.attn_v.weight",
               [](halftone::gguf_tensor& t) {
                 t.type = halftone::gguf_tensor_type::Q4_0;
                 t.bytes = t.bytes.first(32 * 64 / 32 * 18);
               }),
       "tensor blk.1.attn_v.weight has the type Q4_0; this program runs F32, Q4_1, Q8_0");
  says(message_of([] { static_cast<void>(load_gguf("/no/such/file.gguf")); }), "/no/such/file.gguf");
}

TEST_CASE("token numbers of the bundled tokenizer are those of the file it is written to") {
  const temporary_file path("bundled.gguf");
  save_gguf(small, named_weights{}, *find_matrix_type(halftone::gguf_tensor_type::Q8_0), path.path());
  const auto file = std::move(halftone::gguf_file::open(path.path())).value();
  const gguf_tokenizer tokenizer(file, "test");
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    all.push_back(static_cast<char>(byte));
  }
  CHECK(tokenizer.encode(all) == encode(all));
  CHECK(tokenizer.start() == end_of_text);
  CHECK(tokenizer.size() == token_count);
}

}  // namespace
