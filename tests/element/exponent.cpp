// SPDX-License-Identifier: MIT
// Halftone tests: e8m0 takes the power of two that its rounding says: against logarithms, and against ml_dtypes for all floats.
#include "element/power_intervals.hpp"

#include <halftone/element/exponent.hpp>

#include <doctest/doctest.h>

namespace {

using namespace halftone;
using power_intervals::all_floats;

/// The code of a magnitude, by its exponent.
std::uint32_t expected_code(double x, power_rounding rounding) {
  if (std::isnan(x)) {
    return 255;
  }
  if (x <= 0x1p-127) {
    return 0;
  }
  if (std::isinf(x)) {
    return 254;
  }
  int exponent = std::ilogb(x);
  const double mantissa = std::ldexp(x, -exponent);
  if (rounding == power_rounding::ceil) {
    exponent += mantissa > 1.0;
  } else if (rounding == power_rounding::nearest) {
    exponent += mantissa >= 1.5 || (exponent == -127 && mantissa > 1.0);
  }
  return static_cast<std::uint32_t>(std::min(exponent, 127) + 127);
}

}  // namespace

TEST_CASE_TEMPLATE_DEFINE("e8m0 rounds all floats and doubles", Element, rounds) {
  const power_rounding rounding = std::is_same_v<Element, e8m0_floor>  ? power_rounding::floor
                                  : std::is_same_v<Element, e8m0_ceil> ? power_rounding::ceil
                                                                       : power_rounding::nearest;
  const auto list = all_floats(rounding);
  const auto result = code_intervals::check(list, [](float x) { return Element::encode(x); });
  CAPTURE(result.first_bad);
  CHECK(result.wrong == 0);
  CHECK(result.count > (1u << 22));

  std::size_t wrong = 0;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    const auto bits = random_bits(5, i);
    const double wide = std::bit_cast<double>(bits);
    const double usual = std::ldexp(1.0 + static_cast<double>(bits >> 60) / 16, static_cast<int>(bits % 270) - 135);
    for (const double x : {wide, usual, std::nextafter(usual, 0.0), std::nextafter(usual, 1e300)}) {
      wrong += Element::encode(x) != expected_code(std::abs(x), rounding);
      const auto narrow = static_cast<float>(x);
      wrong += Element::encode(narrow) != expected_code(std::abs(static_cast<double>(narrow)), rounding);
    }
  }
  CHECK(wrong == 0);
}
TEST_CASE_TEMPLATE_INVOKE(rounds, e8m0_floor, e8m0_ceil, e8m0_nearest);

TEST_CASE("every code decodes to its power of two and comes back") {
  for (std::uint32_t code = 0; code < 255; ++code) {
    const float value = e8m0_floor::decode(code);
    CHECK(static_cast<double>(value) == std::ldexp(1.0, static_cast<int>(code) - 127));
    CHECK(e8m0_floor::encode(value) == code);
    CHECK(e8m0_ceil::encode(value) == code);
    CHECK(e8m0_nearest::encode(value) == code);
    CHECK(e8m0_ceil::encode(static_cast<double>(value)) == code);
    CHECK(e8m0_floor::decode(code | 0x300u) == value);  // higher bits are ignored
  }
  CHECK(std::isnan(e8m0_nearest::decode(255)));
  CHECK(e8m0_nearest::encode(std::numeric_limits<float>::quiet_NaN()) == 255);
}

// ml_dtypes makes NaN of zero, of negative numbers, of infinity and of what rounds to 2^128.
TEST_CASE("nearest is that of ml_dtypes for all positive floats") {
  const std::string file = std::string(HALFTONE_SOURCE_DIR) + "/tests/golden/elements/ml_dtypes.txt";
  const auto theirs = code_intervals::from_file(file, "encode float8_e8m0fnu");
  REQUIRE(theirs.size() > 250);
  const auto compare = [&](std::uint32_t key) {
    const std::uint32_t code = code_intervals::code_at(theirs, key);
    const float x = code_intervals::float_of(key);
    if (x > 0.0f && code != 255) {
      CHECK(e8m0_nearest::encode(x) == code);
    } else if (x > 0.0f) {
      CHECK(e8m0_nearest::encode(x) == 254);
    }
  };
  for (const auto& one : theirs) {
    compare(one.first);
    compare(one.first - 1);
  }
  for (const auto& one : all_floats(power_rounding::nearest)) {
    compare(one.first);
    compare(one.first - 1);
  }
  const auto values = code_intervals::from_file(file, "decode float8_e8m0fnu");
  REQUIRE(values.size() == 256);
  for (const auto& one : values) {
    CHECK(std::bit_cast<std::uint32_t>(e8m0_nearest::decode(one.first)) == one.code);
  }
}

TEST_CASE("names") {
  CHECK(e8m0_floor::name() == "e8m0_floor");
  CHECK(e8m0_ceil::name() == "e8m0_ceil");
  CHECK(e8m0_nearest::name() == "e8m0_nearest");
  CHECK(e8m0_floor::only_positive);
  CHECK(e8m0_floor::largest() == 0x1p127f);
}
