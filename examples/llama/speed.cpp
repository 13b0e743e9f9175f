// SPDX-License-Identifier: MIT
// Halftone example: speed.
#include "speed.hpp"

#include "system.hpp"
#include "tokenizer.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace llama {

namespace {

constexpr std::size_t parallel_sequences = 16;

/// Runs `work` (which is worth `tokens` tokens) at least twice and until `budget` seconds are over.
/// Returns the tokens a second of the fastest run; `runs` counts them.
template <class Work>
double best_rate(std::size_t tokens, double budget, std::size_t& runs, Work&& work) {
  using clock = std::chrono::steady_clock;
  const auto begin = clock::now();
  double best = 0.0;
  for (runs = 0; runs < 2 || std::chrono::duration<double>(clock::now() - begin).count() < budget; ++runs) {
    const auto start = clock::now();
    work();
    const double taken = std::chrono::duration<double>(clock::now() - start).count();
    best = std::max(best, static_cast<double>(tokens) / taken);
  }
  return best;
}

/// `count` tokens of some text.
std::vector<std::int32_t> some_tokens(std::size_t count) {
  static constexpr std::string_view phrase = "In the beginning God created the heaven and the earth. ";
  std::vector<std::int32_t> tokens(count, end_of_text);
  for (std::size_t i = 1; i < count; ++i) {
    tokens[i] = encode(phrase.substr((i - 1) % phrase.size(), 1)).front();
  }
  return tokens;
}

}  // namespace

speed measure_speed(language_model& model, double seconds) {
  const config& c = model.config();
  const halftone::context single{};
  const std::vector<std::int32_t> tokens = some_tokens(c.context);
  std::vector<float> logits(std::max(c.context, parallel_sequences) * c.vocabulary);
  const std::size_t first = c.context / 2;                     // decoding starts in the middle of the context
  const std::size_t steps = std::max<std::size_t>(1, c.context / 4);
  const auto start_of = [&](key_value_cache& cache) {
    cache.clear();
    const input in{std::span(tokens).first(first), &cache};
    model.forward({&in, 1}, {logits.data(), first, c.vocabulary}, single);
  };
  speed s;
  std::size_t runs = 0;
  key_value_cache cache(c);
  s.prefill = best_rate(c.context, seconds, runs, [&] {
    cache.clear();
    const input in{tokens, &cache};
    model.forward({&in, 1}, {logits.data(), c.context, c.vocabulary}, single);
  });

  start_of(cache);
  const energy_meter energy;
  s.decode = best_rate(steps, seconds, runs, [&] {
    cache.rewind(first);
    for (std::size_t i = 0; i < steps; ++i) {
      const input in{std::span(tokens).subspan(first + i, 1), &cache};
      model.forward({&in, 1}, {logits.data(), 1, c.vocabulary}, single);
    }
  });
  if (const auto joules = energy.joules()) {
    s.joules_per_token = *joules / static_cast<double>(runs * steps);
  }

  std::vector<key_value_cache> caches(parallel_sequences, cache);
  s.parallel = best_rate(parallel_sequences * steps, seconds, runs, [&] {
    for (key_value_cache& one : caches) {
      one.rewind(first);
    }
    for (std::size_t i = 0; i < steps; ++i) {
      std::vector<input> inputs;
      for (key_value_cache& one : caches) {
        inputs.push_back({std::span(tokens).subspan(first + i, 1), &one});
      }
      model.forward(inputs, {logits.data(), parallel_sequences, c.vocabulary}, single);
    }
  });

  // One token reads every packed weight once, its row of the table, and the keys and values before it.
  const double positions = static_cast<double>(first) + static_cast<double>(steps) / 2.0;
  const double a_position = 2.0 * static_cast<double>(c.layers * c.key_value_size() * sizeof(float));
  s.bytes_per_token = static_cast<double>(model.size().streamed_bytes + 2 * c.hidden) + (positions + 1.0) * a_position;
  return s;
}

}  // namespace llama
