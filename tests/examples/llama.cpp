// SPDX-License-Identifier: MIT
// The parts of the engine, each against its definition in plain loops.
#include "examples/llama/attention.hpp"
#include "examples/llama/sampler.hpp"
#include "examples/llama/thread_pool.hpp"
#include "examples/llama/tokenizer.hpp"
#include "examples/llama/vector_math.hpp"

#include <halftone/core/random.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <set>

namespace {

using llama::config;

std::vector<float> random_floats(std::uint64_t seed, std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = 2.0f * halftone::random_unit(seed, i) - 1.0f;
  }
  return values;
}

/// Queries, keys and values of some rows, already turned.
struct attention_case {
  config c;
  std::vector<float> query, key, value;
  std::vector<float> output;

  attention_case(const config& sizes, std::size_t rows)
      : c(sizes),
        query(random_floats(1, rows * sizes.hidden)),
        key(random_floats(2, rows * sizes.key_value_size())),
        value(random_floats(3, rows * sizes.key_value_size())),
        output(rows * sizes.hidden) {}

  void fill(llama::key_value_cache& cache, std::size_t layer) const {
    const std::size_t size = c.head_size();
    for (std::size_t position = 0; position < key.size() / c.key_value_size(); ++position) {
      for (std::size_t head = 0; head < c.key_value_heads; ++head) {
        const std::size_t at = position * c.key_value_size() + head * size;
        cache.store(layer, head, position, key.data() + at, value.data() + at);
      }
    }
  }

  /// Definition: softmax over positions 0 .. row of q . k / sqrt(size), times v.
  double expected(std::size_t row, std::size_t head, std::size_t element) const {
    const std::size_t size = c.head_size();
    const std::size_t kv = head / (c.heads / c.key_value_heads) * size;
    std::vector<double> weights;
    double total = 0.0;
    for (std::size_t position = 0; position <= row; ++position) {
      double dot = 0.0;
      for (std::size_t i = 0; i < size; ++i) {
        dot += static_cast<double>(query[row * c.hidden + head * size + i]) *
               static_cast<double>(key[position * c.key_value_size() + kv + i]);
      }
      weights.push_back(std::exp(dot / std::sqrt(static_cast<double>(size))));
      total += weights.back();
    }
    double sum = 0.0;
    for (std::size_t position = 0; position <= row; ++position) {
      sum += weights[position] / total * static_cast<double>(value[position * c.key_value_size() + kv + element]);
    }
    return sum;
  }
};

}  // namespace

TEST_CASE("tokens are GPT-2's numbers of bytes and turn back into them") {
  std::string every;
  for (int byte = 0; byte < 256; ++byte) {
    every.push_back(static_cast<char>(byte));
  }
  const auto tokens = llama::encode(every);
  CHECK(std::set(tokens.begin(), tokens.end()).size() == 256);
  CHECK(llama::decode(tokens) == every);
  CHECK(llama::encode("! \nA") == std::vector<std::int32_t>{0, 220, 198, 32});
  CHECK(llama::decode(std::array{32, llama::end_of_text, 33}) == "AB");
  CHECK_THROWS_WITH_AS(static_cast<void>(llama::decode(std::array{257})), doctest::Contains("257"), halftone::error);
}

TEST_CASE("rms_norm divides by the root of the mean square") {
  for (const std::size_t size : {1u, 15u, 16u, 17u, 33u}) {
    const auto x = random_floats(size, size);
    const auto weight = random_floats(size + 100, size);
    std::vector<float> y(size);
    llama::rms_norm(x.data(), weight.data(), 1e-5f, size, y.data());
    double squares = 0.0;
    for (const float value : x) {
      squares += static_cast<double>(value) * static_cast<double>(value);
    }
    for (std::size_t i = 0; i < size; ++i) {
      const double expected = static_cast<double>(x[i]) / std::sqrt(squares / static_cast<double>(size) + 1e-5) *
                              static_cast<double>(weight[i]);
      CHECK(static_cast<double>(y[i]) == doctest::Approx(expected).epsilon(1e-5));
    }
  }
}

TEST_CASE("exponentials and their sum agree with libm") {
  for (const std::size_t size : {1u, 16u, 17u, 257u}) {
    auto x = random_floats(size, size);
    for (float& value : x) {
      value *= 40.0f;
    }
    double sum = 0.0;
    const float largest = *std::max_element(x.begin(), x.end());
    for (const float value : x) {
      sum += std::exp(static_cast<double>(value) - static_cast<double>(largest));
    }
    CHECK(llama::log_sum_exp(x) == doctest::Approx(static_cast<double>(largest) + std::log(sum)).epsilon(1e-6));
    auto powers = x;
    CHECK(static_cast<double>(llama::exponentials(powers.data(), size)) == doctest::Approx(1.0 / sum).epsilon(1e-5));
    for (std::size_t i = 0; i < size; ++i) {
      const double expected = std::exp(static_cast<double>(x[i] - largest));  // the difference as it was rounded
      CHECK(std::abs(static_cast<double>(powers[i]) - expected) <= 3e-7 * expected);
    }
  }
}

TEST_CASE("the rotary embedding turns pairs by position times frequency") {
  const config c{.hidden = 24, .heads = 3, .context = 50};
  const llama::rotary turn(c);
  for (const std::size_t position : {0u, 1u, 49u}) {
    const auto x = random_floats(7, 8);
    auto y = x;
    turn.apply(y.data(), position);
    for (std::size_t i = 0; i < 4; ++i) {
      const double angle = static_cast<double>(position) * std::pow(10000.0, -static_cast<double>(2 * i) / 8.0);
      const auto first = static_cast<double>(x[i]);
      const auto second = static_cast<double>(x[i + 4]);
      CHECK(std::abs(static_cast<double>(y[i]) - (first * std::cos(angle) - second * std::sin(angle))) < 1e-5);
      CHECK(std::abs(static_cast<double>(y[i + 4]) - (second * std::cos(angle) + first * std::sin(angle))) < 1e-5);
    }
  }
}

TEST_CASE("attention is the softmax of earlier positions, for any number of rows and threads") {
  const config c{.hidden = 48, .layers = 2, .heads = 6, .key_value_heads = 2, .context = 67};
  for (const std::size_t rows : {1u, 17u, 32u, 33u, 67u}) {
    attention_case all(c, rows);
    llama::key_value_cache cache(c);
    all.fill(cache, 1);
    const std::vector<std::int32_t> tokens(rows, 0);
    const llama::input in{tokens, &cache};
    llama::attend(c, {&in, 1}, 1, {all.query.data(), rows, c.hidden}, {all.output.data(), rows, c.hidden}, {});
    double worst = 0.0;
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t i = 0; i < c.hidden; ++i) {
        const auto y = static_cast<double>(all.output[row * c.hidden + i]);
        worst = std::max(worst, std::abs(y - all.expected(row, i / c.head_size(), i % c.head_size())));
      }
    }
    CHECK(worst < 1e-5);

    llama::thread_pool pool(3);
    std::vector<float> with_threads(all.output.size());
    llama::attend(c, {&in, 1}, 1, {all.query.data(), rows, c.hidden}, {with_threads.data(), rows, c.hidden},
                  pool.context());
    CHECK(with_threads == all.output);

    // The last row alone, the others in the cache: what decoding does.
    cache.advance(rows - 1);
    std::vector<float> last(c.hidden);
    const llama::input one{std::span(tokens).first(1), &cache};
    llama::attend(c, {&one, 1}, 1, {all.query.data() + (rows - 1) * c.hidden, 1, c.hidden}, {last.data(), 1, c.hidden},
                  {});
    CHECK(std::equal(last.begin(), last.end(), all.output.end() - static_cast<std::ptrdiff_t>(c.hidden)));
  }
}

TEST_CASE("the sampler is greedy at temperature zero and follows the probabilities above") {
  const std::vector<float> logits{0.0f, 2.0f, 1.0f, 2.0f};
  CHECK(llama::sampler({.temperature = 0.0f}).pick(logits) == 1);
  CHECK(llama::sampler({.temperature = 5.0f, .top_k = 1}).pick(logits) == 1);
  llama::sampler first({.temperature = 1.0f, .top_k = 3, .seed = 9});
  llama::sampler second({.temperature = 1.0f, .top_k = 3, .seed = 9});
  std::array<int, 4> counts{};
  for (int i = 0; i < 10000; ++i) {
    const std::int32_t token = first.pick(logits);
    REQUIRE(second.pick(logits) == token);
    ++counts[static_cast<std::size_t>(token)];
  }
  const double e = std::exp(-1.0);  // the third against the first two
  CHECK(counts[0] == 0);
  CHECK(counts[1] / 10000.0 == doctest::Approx(1.0 / (2.0 + e)).epsilon(0.05));
  CHECK(counts[2] / 10000.0 == doctest::Approx(e / (2.0 + e)).epsilon(0.05));
}

TEST_CASE("the thread pool runs each task once and passes an exception on") {
  for (const std::size_t threads : {1u, 2u, 5u}) {
    llama::thread_pool pool(threads);
    for (const std::size_t count : {0u, 1u, 2u, 100u}) {
      std::vector<std::atomic<int>> runs(count);
      auto task = [&](std::size_t i) { ++runs[i]; };
      pool(count, task);
      CHECK(std::all_of(runs.begin(), runs.end(), [](const auto& r) { return r == 1; }));
    }
    auto failing = [](std::size_t i) { halftone::expects(i != 3, "task three"); };
    CHECK_THROWS_WITH_AS(pool(10, failing), "task three", halftone::error);
    auto fine = [](std::size_t) {};
    CHECK_NOTHROW(pool(10, fine));
  }
}

TEST_CASE("config.json is read and its mistakes are named") {
  const config c{.hidden = 48, .layers = 2, .heads = 6, .key_value_heads = 3, .context = 67, .rope_theta = 5e5f};
  const std::string text = llama::to_json(c);
  const config again = llama::parse_config(text, "x");
  CHECK(llama::to_json(again) == text);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    return changed;
  };
  const auto expects_message = [](const std::string& json, const char* message) {
    CHECK_THROWS_WITH_AS(static_cast<void>(llama::parse_config(json, "x")), doctest::Contains(message),
                         halftone::error);
  };
  expects_message("[]", "x: not a JSON object");
  expects_message(with("hidden_size", "size"), "hidden_size");
  expects_message(with("\"num_hidden_layers\":2", "\"num_hidden_layers\":-2"), "-2");
  expects_message(with("\"num_key_value_heads\":3", "\"num_key_value_heads\":4"), "cannot share");
  expects_message(with("\"llama\"", "7"), "x: ");
}
