// SPDX-License-Identifier: MIT
// Halftone tests: the rules from sums to codes by hand, and what the stage adds to them.
#include <halftone/epilogue/requantize_sums.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace halftone;

namespace {

template <class Rule, class Output = std::int8_t>
std::vector<int> codes(double factor, std::vector<std::int32_t> sums, std::int32_t zero_point = 0) {
  const typename Rule::factor_type kept = Rule::factor_of(factor);
  const requantize_sums<Output, Rule> stage{.factors = {&kept, 1}, .zero_point = zero_point};
  std::vector<int> result;
  for (const std::int32_t sum : sums) {
    result.push_back(stage.apply(sum, 3));
  }
  return result;
}
using ints = std::vector<int>;

}  // namespace

TEST_CASE("ties of a quarter, by each rule") {
  const std::vector<std::int32_t> sums{-6, -2, -1, 0, 1, 2, 5, 6, 10};
  CHECK(codes<in_float>(0.25, sums) == ints{-2, 0, 0, 0, 0, 0, 1, 2, 2});
  CHECK(codes<in_double>(0.25, sums) == ints{-2, -1, 0, 0, 0, 1, 1, 2, 3});
  CHECK(codes<in_fixed_point<double_rounding>>(0.25, sums) == ints{-2, -1, 0, 0, 1, 1, 2, 2, 3});
  CHECK(codes<in_fixed_point<double_rounding_upward>>(0.25, sums) == ints{-1, 0, 0, 0, 1, 1, 2, 2, 3});
  CHECK(codes<in_fixed_point<single_rounding>>(0.25, sums) == ints{-1, 0, 0, 0, 0, 1, 1, 2, 3});
}

TEST_CASE("the zero point is added to a rounded level, and codes saturate") {
  const std::vector<std::int32_t> extremes{-2147483647 - 1, -1, 0, 1, 2147483647};
  CHECK(codes<in_float>(0.5, extremes, 3) == ints{-128, 3, 3, 3, 127});
  CHECK(codes<in_double>(0.5, extremes, 3) == ints{-128, 2, 3, 4, 127});
  CHECK(codes<in_double>(1e300, extremes, -128) == ints{-128, -128, -128, 127, 127});
  CHECK(codes<in_float>(1e30, extremes, 127) == ints{-128, -128, 127, 127, 127});
  CHECK(codes<in_double, std::uint8_t>(0.5, extremes, 255) == ints{0, 254, 255, 255, 255});
  CHECK(codes<in_double, std::int16_t>(0.5, extremes, 0) == ints{-32768, -1, 0, 1, 32767});
  CHECK(codes<in_fixed_point<double_rounding>>(0.0, extremes, 9) == ints{9, 9, 9, 9, 9});
}

TEST_CASE("sums beyond the 24 bits of a float are rounded to it, and kept in double") {
  const std::vector<std::int32_t> sums{16777217, 16777219};  // odd: ties between two floats
  CHECK(codes<in_float>(0x1p-23, sums) == ints{2, 2});
  CHECK(in_double::levels(std::int32_t{16777217}, 0x1.8p-23, -128, 127) == 3);
  CHECK(in_double::levels(std::int32_t{5033165}, 0x1p-21 * 1.0000001, -128, 127) == 2);
  CHECK(in_double::levels(std::int64_t{1} << 40, 0x1p-39, -128, 127) == 2);
}

TEST_CASE("in_double is std::round of the product, up to a half and back") {
  for (int i = -3000; i <= 3000; ++i) {
    for (const double factor : {0.5, 1.0 / 3.0, 0.1, std::nextafter(0.5, 0.0), std::nextafter(0.5, 1.0)}) {
      const volatile double exact = i * factor;
      CHECK(in_double::levels(std::int32_t{i}, factor, -32768, 32767) == static_cast<std::int32_t>(std::round(exact)));
    }
  }
}

TEST_CASE("factors and biases of columns, and the bounds of a fused activation") {
  const float factors[3] = {1.0f, 2.0f, 0.5f};
  const std::int32_t bias[3] = {10, -1, 2147483647};
  const requantize_sums<std::int8_t, in_float> stage{.factors = factors, .bias = bias, .zero_point = 2, .low = 2, .high = 20};
  CHECK(stage.apply(5, 0) == 17);
  CHECK(stage.apply(1, 1) == 2);
  CHECK(stage.apply(-20, 1) == 2);
  CHECK(stage.apply(100, 0) == 20);
  CHECK(stage.apply(2147483647, 2) == 2);  // the sum of both is -2
}

TEST_CASE("a stage refuses what does not fit") {
  const float factors[3] = {1.0f, 2.0f, 0.5f};
  const std::int32_t bias[3] = {};
  using stage = requantize_sums<std::int8_t, in_float>;
  const auto refuses = [](const stage& wrong, const char* words) {
    CHECK_THROWS_WITH_AS(wrong.expects_shape({2, 3}), doctest::Contains(words), halftone::error);
  };
  CHECK_NOTHROW(stage{.factors = factors, .bias = bias}.expects_shape({2, 3}));
  CHECK_NOTHROW(stage{.factors = {factors, 1}}.expects_shape({2, 3}));
  refuses({.factors = {factors, 2}}, "2 factors for 3");
  refuses({.factors = {}}, "0 factors for 3");
  refuses({.factors = factors, .bias = {bias, 2}}, "2 biases for 3");
  refuses({.factors = factors, .zero_point = 128}, "zero point 128");
  refuses({.factors = factors, .zero_point = -129}, "zero point -129");
  refuses({.factors = factors, .low = -129}, "bounds -129 and 127");
  refuses({.factors = factors, .high = 128}, "bounds -128 and 128");
  refuses({.factors = factors, .low = 3, .high = 2}, "bounds 3 and 2");
}
