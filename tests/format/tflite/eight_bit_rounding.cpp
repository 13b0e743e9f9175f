// SPDX-License-Identifier: MIT
// Halftone tests: codes of 8 bits under other parameters, as XNNPACK's QUANTIZE has them.
#include <halftone/format/tflite/eight_bit_rounding.hpp>

#include <doctest/doctest.h>

using namespace halftone;
using rule = tflite::eight_bit_rounding;

TEST_CASE("the factor keeps eight bits behind the point") {
  CHECK(rule::multiplier_of(1.0).value == 256);
  CHECK(rule::multiplier_of(128.0).value == 32768);
  CHECK(rule::multiplier_of(0x1p-8).value == 1);
  CHECK(rule::multiplier_of(1.5 / 256).value == 2);  // ties to even
  CHECK(rule::multiplier_of(2.5 / 256).value == 2);
  CHECK(rule::multiplier_of(0.3).value == 77);
  CHECK((rule::takes(0x1p-8) && rule::takes(128.0)));
  CHECK((!rule::takes(0.0039) && !rule::takes(128.1) && !rule::takes(0.0) && !rule::takes(-1.0)));
}

TEST_CASE("products are rounded up at ties") {
  const fixed_point_multiplier half = rule::multiplier_of(0.5);
  for (std::int32_t x = -300; x <= 300; ++x) {
    CHECK(rule::multiplied(x, half) == (x + 1) >> 1);
  }
}

TEST_CASE("recorded codes of ai-edge-litert 2.3.0") {
  // scales 0.3 and 1, zero points 3 and -5
  const fixed_point_multiplier m = rule::multiplier_of(0.3);
  CHECK(tflite::requantized_code<std::int8_t>(-128, 3, m, -5) == -44);
  CHECK(tflite::requantized_code<std::int8_t>(127, 3, m, -5) == 32);
  CHECK(tflite::requantized_code<std::int8_t>(3, 3, m, -5) == -5);
  const fixed_point_multiplier large = rule::multiplier_of(128.0);
  CHECK(tflite::requantized_code<std::int8_t>(-128, 127, large, 0) == -128);
  CHECK(tflite::requantized_code<std::int8_t>(127, -128, large, 0) == 127);
  CHECK(tflite::requantized_code<std::uint8_t>(255, 0, large, 0) == 255);
  CHECK(tflite::requantized_code<std::uint8_t>(0, 255, large, 255) == 0);
  CHECK(tflite::requantized_code<std::uint8_t>(200, 128, rule::multiplier_of(0.5), 128) == 164);
}
