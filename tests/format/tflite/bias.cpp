// SPDX-License-Identifier: MIT
// Halftone tests: biases in steps of two scales.
#include <halftone/format/tflite/bias.hpp>
#include <halftone/format/tflite/schemes.hpp>

#include <doctest/doctest.h>

using namespace halftone;
using tflite::to_bias;

TEST_CASE("a bias is multiplied by the reciprocal of its scale and rounded away from zero") {
  CHECK(to_bias<std::int32_t>(1.25f, 0.5f) == 3);
  CHECK(to_bias<std::int32_t>(-1.25f, 0.5f) == -3);
  CHECK(to_bias<std::int64_t>(-1.2f, 0.5f) == -2);
  CHECK(to_bias<std::int32_t>(0.273939937f, 0.00214854861f) == 128);  // 127 by division
  CHECK(to_bias<std::int32_t>(5.0f, 0.0f) == 0);
  CHECK(to_bias<std::int32_t>(3e9f, 1.0f) == 2147483647);
  CHECK(to_bias<std::int32_t>(-3e9f, 1.0f) == -2147483647 - 1);
  CHECK(to_bias<std::int64_t>(3e9f, 1.0f) == 3000000000);
  CHECK(to_bias<std::int64_t>(1e30f, 1e-3f) == std::numeric_limits<std::int64_t>::max());
  CHECK(to_bias<std::int64_t>(-1e30f, 1e-3f) == std::numeric_limits<std::int64_t>::min());
  CHECK(to_bias<std::int32_t>(std::numeric_limits<float>::quiet_NaN(), 1.0f) == 0);
  CHECK(to_bias<std::int32_t>(0.0f, 1e-45f) == 0);
}

TEST_CASE("a bias is divided by its scale and rounded to even, for ai-edge-quantizer") {
  const auto steps = [](float bias, float scale) { return to_bias<std::int32_t, by_division, nearest_even>(bias, scale); };
  CHECK(steps(1.25f, 0.5f) == 2);
  CHECK(steps(1.75f, 0.5f) == 4);
  CHECK(steps(-1.25f, 0.5f) == -2);
  CHECK(steps(-1.3f, 0.5f) == -3);
  CHECK(steps(0.273939937f, 0.00214854861f) == 127);
  CHECK(steps(4194305.5f, 1.0f) == 4194306);  // ties beyond 2^22
  CHECK(steps(4194306.5f, 1.0f) == 4194306);
  CHECK(steps(5.0f, 0.0f) == 0);
}

TEST_CASE("biases of rows, and what is refused") {
  quantized_matrix<tflite::weights<int8>> q(matrix_shape{2, 3});
  q.scale_plane().set(0, 0.5f);
  q.scale_plane().set(1, 0.25f);
  const float bias[2] = {1.0f, -2.0f};
  CHECK(tflite::to_biases<std::int32_t>(bias, q, 0.1f) == std::vector<std::int32_t>{20, -80});
  quantized_matrix<tflite::weights<int8, per_tensor>> one(matrix_shape{2, 3});
  one.scale_plane().set(0, 0.5f);
  CHECK(tflite::to_biases<std::int64_t>(bias, one, 0.1f) == std::vector<std::int64_t>{20, -40});
  const auto refuses = [](const auto& call, const char* words) {
    CHECK_THROWS_WITH_AS(call(), doctest::Contains(words), halftone::error);
  };
  refuses([&] { (void)tflite::to_biases<std::int32_t>(std::span(bias).first(1), q, 0.1f); }, "1 biases for 2 rows");
  refuses([&] { (void)tflite::to_biases<std::int32_t>(bias, quantized_matrix<scheme<int8, symmetric, per_group<1>>>(matrix_shape{2, 3}), 0.1f); },
          "weights of 2 rows have 6 scales");
  const float wrong[2] = {1.0f, std::numeric_limits<float>::infinity()};
  refuses([&] { (void)tflite::to_biases<std::int32_t>(wrong, q, 0.1f); }, "bias 1 is inf");
}
