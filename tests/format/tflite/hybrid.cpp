// SPDX-License-Identifier: MIT
// Halftone tests: layers of float activations and integer weights, against their formula and a recorded layer.
#include <halftone/format/tflite/hybrid.hpp>

#include <halftone/core/random.hpp>
#include <halftone/format/tflite/schemes.hpp>
#include <halftone/quantize/quantize.hpp>

#include <doctest/doctest.h>

using namespace halftone;

namespace {

std::vector<float> random_floats(std::size_t count, std::uint64_t seed) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = random_unit(seed, i) * 2.0f - 1.0f;
  }
  return values;
}

}  // namespace

TEST_CASE("rows are symmetric, their codes rounded away from zero") {
  const float x[5] = {-2.54f, 1.27f, 0.0f, 0.01f, -0.01f};
  std::int8_t codes[5];
  CHECK(tflite::quantize_hybrid_row(x, codes) == 2.54f / 127.0f);
  CHECK(std::vector<std::int8_t>(codes, codes + 5) == std::vector<std::int8_t>{-127, 64, 0, 1, -1});
  const float zeros[2] = {0.0f, -0.0f};
  CHECK(tflite::quantize_hybrid_row(zeros, codes) == 1.0f);
  CHECK((codes[0] == 0 && codes[1] == 0));
  const float tiny[3] = {1e-45f, -1e-45f, 0.0f};  // 127 / 1e-45 is infinite
  CHECK(tflite::quantize_hybrid_row(tiny, codes) == 0.0f);
  CHECK((codes[0] == 127 && codes[1] == -127 && codes[2] == 0));
  CHECK(tflite::quantize_hybrid_row({}, codes) == 1.0f);
}

TEST_CASE("outputs are the formula's, bit for bit") {
  using tflite::fused_activation;
  for (const auto [m, n, k] : {std::array<std::size_t, 3>{1, 1, 1}, {3, 17, 70}, {2, 5, 0}, {0, 3, 4}}) {
    const std::vector<float> x = random_floats(m * k, 1), weights = random_floats(n * k, 2), bias = random_floats(n, 3);
    const auto w = quantize<tflite::weights<int8>>({weights.data(), n, k});
    std::vector<float> y(m * n);
    for (const fused_activation fused : {fused_activation::none, fused_activation::relu, fused_activation::relu_n1_to_1, fused_activation::relu6}) {
      tflite::hybrid_layer(w, std::span<const float>(bias), fused).run({x.data(), m, k}, {y.data(), m, n});
      std::vector<std::int8_t> codes(k);
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < m * n; ++i) {
        const float scale = tflite::quantize_hybrid_row(std::span(x).subspan(i / n * k, k), codes.data());
        std::int32_t sum = 0;
        for (std::size_t j = 0; j < k; ++j) {
          sum += codes[j] * int8::level_of(w.code_at(i % n, j));
        }
        float real = bias[i % n] + product(static_cast<float>(sum), product(scale, k == 0 ? 0.0f : w.scale_at(i % n)));
        real = fused == fused_activation::none ? real : std::max(real, fused == fused_activation::relu_n1_to_1 ? -1.0f : 0.0f);
        real = fused == fused_activation::relu_n1_to_1 ? std::min(real, 1.0f) : fused == fused_activation::relu6 ? std::min(real, 6.0f) : real;
        wrong += y[i] != real;
      }
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("one scale, 4 bits, no bias; what does not fit is refused") {
  const std::vector<float> weights = random_floats(4 * 6, 4), x = random_floats(2 * 6, 5);
  std::vector<float> y(2 * 4);
  const auto w = quantize<tflite::weights<int4, per_tensor>>({weights.data(), 4, 6});
  const tflite::hybrid_layer layer(w);
  layer.run({x.data(), 2, 6}, {y.data(), 2, 4});
  float exact = 0.0f;
  for (std::size_t k = 0; k < 6; ++k) {
    exact += x[k] * w.value_at(0, k);
  }
  CHECK(y[0] == doctest::Approx(exact).epsilon(0.05));
  const auto run = [&](std::size_t m, std::size_t k, std::size_t rows, std::size_t n) { layer.run({x.data(), m, k}, {y.data(), rows, n}); };
  CHECK_THROWS_WITH_AS(run(2, 5, 2, 4), "hybrid_layer: x is [2, 5] and y [2, 4] for weights [4, 6]", error);
  CHECK_THROWS_WITH_AS(run(2, 6, 1, 4), doctest::Contains("y [1, 4]"), error);
  CHECK_THROWS_WITH_AS(run(2, 6, 2, 3), doctest::Contains("y [2, 3]"), error);
  std::vector<float> both(2 * 6);
  CHECK_THROWS_WITH_AS(layer.run({both.data(), 2, 6}, {both.data(), 2, 4}), "hybrid_layer: x and y overlap", error);
  CHECK_THROWS_WITH_AS(layer.run({nullptr, 2, 6}, {y.data(), 2, 4}), doctest::Contains("x"), error);
  CHECK_THROWS_WITH_AS(layer.run({x.data(), 2, 6}, {nullptr, 2, 4}), doctest::Contains("y"), error);
  CHECK_THROWS_WITH_AS(tflite::hybrid_layer(w, std::span<const float>(x).first(3)), "tflite: 3 biases for 4 rows of weights", error);
  const auto columns = quantize<tflite::weights<int8, per_group<2>>>({weights.data(), 4, 6});
  CHECK_THROWS_WITH_AS(tflite::hybrid_layer<std::remove_cvref_t<decltype(columns)>::scheme_type>{columns}, "tflite: weights of 4 rows have 12 scales", error);
}
