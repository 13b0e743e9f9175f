// SPDX-License-Identifier: MIT
// Halftone tests: activations are quantized row by row as the definition says; what is not finite has a defined result.
#include <halftone/core/random.hpp>
#include <halftone/reference/quantize_activations.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <vector>

namespace {

using namespace halftone;

using uint8_per_token = scheme<uint8, asymmetric, per_token>;

std::vector<float> random_values(std::size_t count, std::uint64_t seed) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = random_unit(seed, i) * 6.0f - 2.0f;
  }
  return values;
}

double rounded_level(float x, float scale, int zero_point, int low, int high) {
  const float reciprocal = 1.0f / scale;
  volatile float scaled = x * reciprocal;
  return std::clamp(std::nearbyint(static_cast<double>(scaled)) + zero_point, static_cast<double>(low), static_cast<double>(high));
}

}  // namespace

TEST_CASE("each row has the scale of its own range") {
  for (const std::size_t cols : {std::size_t{1}, std::size_t{31}, std::size_t{32}, std::size_t{33}, std::size_t{101}}) {
    const std::vector<float> x = random_values(3 * (cols + 3), cols);
    const matrix_view<const float> view(x.data(), 3, cols, cols + 3);
    const auto q = reference::quantize_activations<int8_per_token>(view);
    const auto u = reference::quantize_activations<uint8_per_token>(view);
    for (std::size_t i = 0; i < 3; ++i) {
      float low = 0.0f, high = 0.0f, largest = 0.0f;
      for (const float v : view.row(i)) {
        low = std::min(low, v), high = std::max(high, v), largest = std::max(largest, std::abs(v));
      }
      const activation_view a = q.view();
      const activation_view b = u.view();
      CHECK(a.scale(i) == largest / 127.0f);
      CHECK(a.zero_point(i) == 0);
      CHECK(b.scale(i) == static_cast<float>((static_cast<double>(high) - static_cast<double>(low)) / 255));
      CHECK(b.zero_point(i) == std::clamp<double>(std::nearbyint(-static_cast<double>(low) / static_cast<double>(b.scale(i))), 0, 255));
      std::size_t wrong = 0;
      for (std::size_t k = 0; k < cols; ++k) {
        wrong += a.level(i, k) != rounded_level(view(i, k), a.scale(i), 0, -127, 127) ? 1u : 0u;
        wrong += b.level(i, k) != rounded_level(view(i, k), b.scale(i), b.zero_point(i), 0, 255) ? 1u : 0u;
      }
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("per tensor one scale serves all rows") {
  const std::vector<float> x{1, 2, -8, 3, 4, 5};
  const auto q = reference::quantize_activations<int8_static>({x.data(), 2, 3});
  CHECK(q.view().scale(0) == 8.0f / 127.0f);
  CHECK(q.view().scale(1) == 8.0f / 127.0f);
  CHECK(q.view().level(0, 2) == -127);
}

TEST_CASE("a row with a NaN or an infinity gets scale NaN and codes of zero; other rows do not notice") {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float bad : {infinity, -infinity, std::numeric_limits<float>::quiet_NaN()}) {
    for (const std::size_t where : {std::size_t{0}, std::size_t{2}}) {
      std::vector<float> x{1, 2, 3, 4, 5, 6};
      x[where] = bad;
      const auto q = reference::quantize_activations<int8_per_token>({x.data(), 2, 3});
      CHECK(std::isnan(q.view().scale(0)));
      CHECK(q.view().zero_point(0) == 0);
      for (std::size_t k = 0; k < 3; ++k) {
        CHECK(q.view().level(0, k) == 0);
      }
      CHECK(q.view().scale(1) == 6.0f / 127.0f);
      CHECK(q.view().level(1, 2) == 127);
      CHECK(std::isnan(reference::quantize_activations<int8_static>({x.data(), 2, 3}).view().scale(0)));
    }
  }
}

TEST_CASE("a row of zeros has scale zero and codes of zero") {
  const std::vector<float> x(5, 0.0f);
  const auto q = reference::quantize_activations<int8_per_token>({x.data(), 1, 5});
  CHECK(q.view().scale(0) == 0.0f);
  CHECK(q.view().level(0, 4) == 0);
}

TEST_CASE("given parameters: values beyond saturate, NaN gives the zero point") {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> x{0.0f, 0.26f, -1.0f, 1000.0f, -1000.0f, infinity, -infinity, std::numeric_limits<float>::quiet_NaN()};
  const auto q = reference::quantize_activations<uint8_static>({x.data(), 1, x.size()}, {.scale = 0.5f, .zero_point = 10});
  const std::vector<std::int32_t> expected{10, 11, 8, 255, 0, 255, 0, 10};
  for (std::size_t k = 0; k < x.size(); ++k) {
    CHECK(q.view().level(0, k) == expected[k]);
  }
  CHECK(q.view().scale(0) == 0.5f);
  CHECK(q.view().zero_point(0) == 10);
}

TEST_CASE("given parameters serve every row per token, too") {
  const std::vector<float> x{1, 2, 3, 4};
  const auto q = reference::quantize_activations<int8_per_token>({x.data(), 2, 2}, {.scale = 0.25f});
  CHECK(q.view().scale(0) == 0.25f);
  CHECK(q.view().scale(1) == 0.25f);
  CHECK(q.view().level(1, 1) == 16);
}

TEST_CASE("no rows and no columns") {
  CHECK(reference::quantize_activations<int8_per_token>({nullptr, 0, 5}).rows() == 0);
  CHECK(reference::quantize_activations<int8_static>({nullptr, 4, 0}).cols() == 0);
}
