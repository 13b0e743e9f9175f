// SPDX-License-Identifier: MIT
// A small random model with int4 weights: decoding against prefill, batches, saving and loading.
#include "examples/llama/generate.hpp"
#include "examples/llama/quantized_model.hpp"
#include "examples/llama/saved_parameters.hpp"
#include "examples/llama/thread_pool.hpp"

#include <doctest/doctest.h>

#include <functional>

namespace {

using namespace llama;
using scheme = halftone::int4_g32;
using model_type = quantized_model<scheme, int8_activations>;

const config tiny{.vocabulary = 257, .hidden = 48, .feed_forward = 72, .layers = 2, .heads = 6, .key_value_heads = 2,
                  .context = 40};

/// Weights that follow from their names.
class random_weights final : public weight_source {
 public:
  [[nodiscard]] bool contains(const std::string&) const override { return true; }
  [[nodiscard]] std::vector<float> read(const std::string& name, halftone::matrix_shape shape) const override {
    std::uint64_t seed = 1;
    for (const char c : name) {
      seed = halftone::random_bits(seed, static_cast<std::uint8_t>(c));
    }
    std::vector<float> values(shape.rows * shape.cols);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = halftone::random_unit(seed, i) - 0.5f;
    }
    return values;
  }
};

model_type make() { return model_type(parameters<scheme>::quantize(tiny, random_weights{})); }

std::vector<std::int32_t> some_tokens(std::size_t count, std::uint64_t seed) {
  std::vector<std::int32_t> tokens(count);
  for (std::size_t i = 0; i < count; ++i) {
    tokens[i] = static_cast<std::int32_t>(halftone::random_bits(seed, i) % tiny.vocabulary);
  }
  return tokens;
}

std::vector<float> prefill(language_model& model, std::span<const std::int32_t> tokens,
                           const halftone::context& context = {}) {
  std::vector<float> logits(tokens.size() * tiny.vocabulary);
  key_value_cache cache(tiny);
  const input in{tokens, &cache};
  model.forward({&in, 1}, {logits.data(), tokens.size(), tiny.vocabulary}, context);
  return logits;
}

}  // namespace

TEST_CASE("decoding one token at a time gives the bits of prefill") {
  model_type model = make();
  const auto tokens = some_tokens(40, 1);
  const std::vector<float> expected = prefill(model, tokens);
  CHECK(expected[0] != expected[1]);
  std::vector<float> logits(expected.size());
  key_value_cache cache(tiny);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const input in{std::span(tokens).subspan(i, 1), &cache};
    model.forward({&in, 1}, {logits.data() + i * tiny.vocabulary, 1, tiny.vocabulary}, {});
  }
  CHECK(cache.length() == tokens.size());
  CHECK(logits == expected);
}

TEST_CASE("sequences in one call and several threads do not change each other") {
  model_type model = make();
  const auto a = some_tokens(33, 1);
  const auto b = some_tokens(7, 2);
  std::vector<float> expected = prefill(model, a);
  const auto second = prefill(model, b);
  expected.insert(expected.end(), second.begin(), second.end());
  thread_pool pool(3);
  std::vector<float> logits(expected.size());
  std::vector<key_value_cache> caches(2, key_value_cache(tiny));
  const std::array inputs{input{a, &caches[0]}, input{b, &caches[1]}};
  model.forward(inputs, {logits.data(), 40, tiny.vocabulary}, pool.context());
  CHECK(logits == expected);
}

TEST_CASE("a saved model loaded again gives the same bits") {
  model_type model = make();
  halftone::safetensors_writer writer;
  save_parameters(model.weights(), writer);
  const std::vector<std::uint8_t> bytes = writer.to_bytes();
  const auto file = halftone::safetensors_file::parse(bytes);
  REQUIRE(file.has_value());
  model_type loaded(load_parameters<scheme>(tiny, file.value()));
  const auto tokens = some_tokens(40, 3);
  CHECK(prefill(loaded, tokens) == prefill(model, tokens));
  CHECK(loaded.size().file_bytes() == model.size().file_bytes());

  config wider = tiny;
  wider.feed_forward = 96;
  CHECK_THROWS_WITH_AS(static_cast<void>(load_parameters<scheme>(wider, file.value())),
                       doctest::Contains("[72, 48], should be [96, 48]"), halftone::error);
  CHECK_THROWS_WITH_AS(static_cast<void>(load_parameters<halftone::int8_per_channel>(tiny, file.value())),
                       doctest::Contains("int4"), halftone::error);
}

TEST_CASE("a model counts what it stores") {
  const model_size size = make().size();
  const std::size_t layer = 48 * 48 * 2 + 16 * 48 * 2 + 72 * 48 * 3;
  CHECK(size.linear_weights == 2 * layer + 257 * 48);
  CHECK(size.other_bytes == 257 * 48 * 2 + 5 * 48 * 4);
  CHECK(size.bits_per_weight() > 4.5);  // int4 and an fp16 scale for each 32, or for the shorter rest of a row
  CHECK(size.bits_per_weight() < 5.0);
}

TEST_CASE("wrong calls of forward are refused") {
  model_type model = make();
  key_value_cache cache(tiny);
  std::vector<float> logits(41 * tiny.vocabulary);
  const auto run = [&](const std::vector<std::int32_t>& tokens, std::size_t rows) {
    const input in{tokens, &cache};
    model.forward({&in, 1}, {logits.data(), rows, tiny.vocabulary}, {});
  };
  CHECK_THROWS_WITH_AS(run(std::vector<std::int32_t>(41, 0), 41), doctest::Contains("41 more"), halftone::error);
  CHECK_THROWS_WITH_AS(run({257}, 1), doctest::Contains("257"), halftone::error);
  CHECK_THROWS_WITH_AS(run({1, 2, 3}, 2), doctest::Contains("should be [3, 257], or one row"), halftone::error);
}

TEST_CASE("text generation repeats itself for one seed and ends where the context is full") {
  model_type model = make();
  const sampler::options warm{.temperature = 1.0f, .top_k = 0, .seed = 4};
  const std::string text = continue_text(model, "abc", 1000, warm, {});
  CHECK(text.size() <= tiny.context - 3);
  CHECK(continue_text(model, "abc", 1000, warm, {}) == text);
  CHECK(continue_text(model, "abc", 3, warm, {}) == text.substr(0, 3));
  CHECK_THROWS_WITH_AS(static_cast<void>(continue_text(model, std::string(40, 'x'), 1, warm, {})),
                       doctest::Contains("40 bytes"), halftone::error);
}
