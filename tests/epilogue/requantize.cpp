// SPDX-License-Identifier: MIT
// Halftone tests: requantization against brute force, every tie, both bytes.
#include <halftone/core/random.hpp>
#include <halftone/epilogue/epilogue.hpp>
#include <halftone/epilogue/requantize.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace {

const halftone::tile_position nowhere{};

/// By definition: multiply by the rounded reciprocal (once, to float), round to even, add, saturate.
template <class Byte>
double level_by_definition(float v, float scale, std::int32_t zero_point) {
  if (std::isnan(v)) {
    return zero_point;
  }
  const float reciprocal = 1.0f / scale;
  const volatile float scaled = v * reciprocal;
  const double level = std::nearbyint(static_cast<double>(scaled)) + zero_point;
  return std::clamp<double>(level, std::numeric_limits<Byte>::min(), std::numeric_limits<Byte>::max());
}

template <class Byte>
std::size_t wrong_levels() {
  std::size_t wrong = 0;
  const int low = std::numeric_limits<Byte>::min();
  const int high = std::numeric_limits<Byte>::max();
  for (const float scale : {1.0f, 0.5f, 0.25f, 3.0f, 0.1f, -0.75f, 0x1p-126f, 0x1p100f, 1.0f / 3.0f, 0x1.fffffep127f}) {
    for (const int zero_point : {low, 0 < low ? low : 0, high, low + 37, high - 1}) {
      const halftone::requantize<Byte> stage{.scale = scale, .zero_point = zero_point};
      const auto check = [&](float v) {
        const float level = stage.apply(v, nowhere);
        wrong += static_cast<double>(level) != level_by_definition<Byte>(v, scale, zero_point) ? 1u : 0u;
        wrong += static_cast<float>(halftone::store_value<Byte>(level)) != level ? 1u : 0u;  // it is a code
      };
      for (int twice = -2 * 300; twice <= 2 * 300; ++twice) {  // every level and every tie, with neighbours
        const float v = static_cast<float>(twice) * 0.5f * scale;
        check(v);
        check(std::nextafter(v, 1e38f));
        check(std::nextafter(v, -1e38f));
      }
      for (std::uint64_t i = 0; i < 500; ++i) {
        check(std::bit_cast<float>(static_cast<std::uint32_t>(halftone::random_bits(1, i))));
      }
    }
  }
  return wrong;
}

}  // namespace

TEST_CASE("requantize to int8 equals its definition") { CHECK(wrong_levels<std::int8_t>() == 0); }
TEST_CASE("requantize to uint8 equals its definition") { CHECK(wrong_levels<std::uint8_t>() == 0); }

TEST_CASE("requantize saturates infinities and gives the zero point for NaN") {
  const float infinity = std::numeric_limits<float>::infinity();
  const halftone::requantize<std::int8_t> stage{.scale = 2.0f, .zero_point = -5};
  CHECK(stage.apply(infinity, nowhere) == 127.0f);
  CHECK(stage.apply(-infinity, nowhere) == -128.0f);
  CHECK(stage.apply(std::numeric_limits<float>::quiet_NaN(), nowhere) == -5.0f);
}

TEST_CASE("requantize clamps before it rounds, ties to even before the zero point") {
  const halftone::requantize<std::uint8_t> stage{.scale = 1.0f, .zero_point = 1};
  CHECK(stage.apply(0.5f, nowhere) == 1.0f);
  CHECK(stage.apply(1.5f, nowhere) == 3.0f);
  CHECK(stage.apply(253.5f, nowhere) == 255.0f);
  CHECK(stage.apply(-1.5f, nowhere) == 0.0f);
}

TEST_CASE("requantize refuses a scale that is zero or not finite and a zero point that is no code") {
  using stage = halftone::requantize<std::uint8_t>;
  const auto check = [](float scale, std::int32_t zero_point) {
    stage{.scale = scale, .zero_point = zero_point}.expects_shape({1, 1});
  };
  CHECK_NOTHROW(check(-1.0f, 0));
  CHECK_NOTHROW(check(1.0f, 255));
  CHECK_THROWS_WITH_AS(check(0.0f, 0), doctest::Contains("requantize has scale 0"), halftone::error);
  CHECK_THROWS_WITH_AS(check(std::numeric_limits<float>::infinity(), 0), doctest::Contains("scale inf"), halftone::error);
  CHECK_THROWS_WITH_AS(check(std::numeric_limits<float>::quiet_NaN(), 0), doctest::Contains("scale"), halftone::error);
  CHECK_THROWS_WITH_AS(check(1.0f, 256), doctest::Contains("zero point 256, outside 0..255"), halftone::error);
  CHECK_THROWS_WITH_AS(check(1.0f, -1), doctest::Contains("zero point -1, outside 0..255"), halftone::error);
}
