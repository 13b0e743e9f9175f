// SPDX-License-Identifier: MIT
// Halftone tests: multipliers and the four roundings of their products, against definitions in wide and in real numbers.
#include <halftone/epilogue/fixed_point.hpp>

#include <halftone/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace halftone;

namespace {

/// As the source says it, with libm.
fixed_point_multiplier by_libm(double factor) {
  if (factor == 0.0) {
    return {};
  }
  int shift = 0;
  const double fraction = std::frexp(factor, &shift);
  auto value = static_cast<std::int64_t>(std::round(fraction * 2147483648.0));
  if (value == std::int64_t{1} << 31) {
    value /= 2;
    ++shift;
  }
  return shift < -31 ? fixed_point_multiplier{} : fixed_point_multiplier{static_cast<std::int32_t>(value), shift};
}

/// floor(x / 2^shift + 1/2) by division.
std::int64_t rounded_up(std::int64_t x, int shift) {
  const std::int64_t unit = std::int64_t{1} << shift;
  const std::int64_t shifted = x + unit / 2;
  return shifted / unit - (shifted % unit < 0 ? 1 : 0);
}
std::int64_t rounded_away(std::int64_t x, int shift) { return x < 0 ? -rounded_up(-x, shift) : rounded_up(x, shift); }

std::vector<std::int32_t> sums() {
  std::vector<std::int32_t> all{-2147483647 - 1, -2147483647, 2147483647, 1 << 30, -(1 << 30), 16777217};
  for (std::int32_t i = -40; i <= 40; ++i) {
    all.push_back(i);
  }
  for (std::uint64_t i = 0; i < 2000; ++i) {
    all.push_back(static_cast<std::int32_t>(random_bits(7, i)) >> (i % 24));
  }
  return all;
}

}  // namespace

TEST_CASE("multipliers are those of the definition") {
  std::vector<double> factors{0.0, 1.0, 0.5, 0.25, 0.3, 1.0 / 3.0, 0.999999999999, 1e-10, 0x1p-32, 0x1.fffffffffffffp-33,
                              0x1.fffffffep-33, 0x1p-33, 1e-300, 5e-324, 1e300, 1.7976931348623157e308, 0x1p30, 0x1p31, 127.5};
  for (std::uint64_t i = 0; i < 20000; ++i) {
    factors.push_back(std::ldexp(1.0 + random_unit(3, i), static_cast<int>(i % 80) - 50));
    factors.push_back(std::ldexp(static_cast<double>(2 * (random_bits(4, i) >> 34) + 1) + 0x1p32, static_cast<int>(i % 60) - 60));
  }
  for (const double factor : factors) {
    CAPTURE(factor);
    CHECK(to_fixed_point(factor) == by_libm(factor));
  }
  for (const double refused : {-0.0, -0.5, -1e300, double{INFINITY}, -double{INFINITY}, double{NAN}}) {
    CHECK(to_fixed_point(refused) == fixed_point_multiplier{});
  }
  CHECK(single_rounding::multiplier_of(0x1p30) == fixed_point_multiplier{2147483647, 30});
  CHECK(single_rounding::multiplier_of(0x1.8p29) == fixed_point_multiplier{3 << 29, 30});
}

TEST_CASE("products are rounded once or twice, up or away from zero") {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const auto shift = static_cast<std::int32_t>(i % 40) - 31;  // -31 .. 8
    const fixed_point_multiplier m{
        i % 5 == 0 ? 1 << 30 : i % 5 == 1 ? 2147483647 : static_cast<std::int32_t>((1u << 30) + random_bits(5, i) % (1u << 30)), shift};
    for (const std::int32_t x : sums()) {
      CAPTURE(x);
      CAPTURE(m.value);
      CAPTURE(m.shift);
      const auto left = static_cast<std::int32_t>(static_cast<std::uint32_t>(x) << std::max(shift, 0));
      const std::int64_t high = rounded_up(std::int64_t{left} * m.value, 31);
      REQUIRE(double_rounding::multiplied(x, m) == rounded_away(high, std::max(-shift, 0)));
      REQUIRE(double_rounding_upward::multiplied(x, m) == rounded_up(high, std::max(-shift, 0)));
      const std::int64_t once = shift == -31 ? (std::int64_t{x} * m.value >= std::int64_t{1} << 61 ? 1 : 0) - (std::int64_t{x} * m.value < -(std::int64_t{1} << 61) ? 1 : 0)
                                             : rounded_up(std::int64_t{x} * m.value, 31 - shift);
      REQUIRE(single_rounding::multiplied(x, m) == std::max<std::int64_t>(-2147483648LL, std::min<std::int64_t>(2147483647, once)));
    }
  }
}

TEST_CASE("sums of 64 bits take a multiplier of 16 bits") {
  CHECK(sixteen_bit_rounding::multiplied(3, {1 << 30, 0}) == 2);    // 1.5
  CHECK(sixteen_bit_rounding::multiplied(-3, {1 << 30, 0}) == -1);  // -1.5
  CHECK(sixteen_bit_rounding::multiplied(1000000, {0x7fff0000, 0}) == 999969);
  CHECK(sixteen_bit_rounding::multiplied(1000000, {0x7ffeffff, 0}) == 999969);
  CHECK(sixteen_bit_rounding::multiplied(1000000, {2147483647, 0}) == 999969);
  CHECK(sixteen_bit_rounding::multiplied(1000000, {0x40007fff, 0}) == 500000);
  CHECK(sixteen_bit_rounding::multiplied(1000000, {0x40008000, 0}) == 500031);
  CHECK(sixteen_bit_rounding::multiplied(std::int64_t{1} << 46, {1 << 30, 0}) == 2147483647);
  CHECK(sixteen_bit_rounding::multiplied(-(std::int64_t{1} << 46), {1 << 30, 5}) == -2147483647 - 1);
  CHECK(sixteen_bit_rounding::multiplied((std::int64_t{1} << 46) - 1, {1 << 30, -16}) == 1 << 29);
}
