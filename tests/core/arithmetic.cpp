// SPDX-License-Identifier: MIT
// Halftone tests: fused and product round as they say, on every machine.
#include <halftone/core/arithmetic.hpp>
#include <halftone/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <limits>

using namespace halftone;

static_assert(saturated_product(3, 5) == 15 && saturated_product(0, largest_size) == 0);
static_assert(saturated_product(largest_size / 2 + 1, 2) == largest_size);
static_assert(saturated_product(largest_size, 1) == largest_size);
static_assert(saturated_sum(largest_size - 1, 1) == largest_size && saturated_sum(largest_size, 2) == largest_size);
static_assert(round_up(0, 64) == 0 && round_up(1, 64) == 64 && round_up(64, 64) == 64);
static_assert(round_up(largest_size - 64, 64) == largest_size - 63 && round_up(largest_size, 64) == largest_size - 63);
static_assert(ceil_div(largest_size, 2) == largest_size / 2 + 1 && ceil_div(0, 3) == 0);

namespace {

using halftone::detail::fused_by_double;

std::uint32_t bits_of(float x) { return std::bit_cast<std::uint32_t>(x); }
float float_of(std::uint32_t bits) { return std::bit_cast<float>(bits); }
bool same(float a, float b) { return (std::isnan(a) && std::isnan(b)) || bits_of(a) == bits_of(b); }

/// A float with random sign and mantissa and the given biased exponent.
float with_exponent(std::uint64_t random, std::uint32_t exponent) {
  return float_of((static_cast<std::uint32_t>(random) & 0x807fffffu) | exponent << 23);
}

struct comparison {
  std::size_t wrong = 0;
  std::size_t twice_rounded = 0;  ///< triples on which rounding to double first gives another result
  float a = 0.0f, b = 0.0f, c = 0.0f;

  void add(float x, float y, float z) {
    const float expected = std::fma(x, y, z);
    if (!same(fused_by_double(x, y, z), expected) || !same(halftone::fused(x, y, z), expected)) {
      ++wrong;
      a = x, b = y, c = z;
    }
    const double naive = static_cast<double>(x) * static_cast<double>(y) + static_cast<double>(z);
    twice_rounded += !same(static_cast<float>(naive), expected) ? 1u : 0u;
  }
};

}  // namespace

TEST_CASE("fused equals the IEEE operation on random bit patterns") {
  comparison result;
  for (std::uint64_t i = 0; i < 3'000'000; ++i) {
    const std::uint64_t r = halftone::random_bits(1, 2 * i);
    result.add(float_of(static_cast<std::uint32_t>(r)), float_of(static_cast<std::uint32_t>(r >> 32)),
               float_of(static_cast<std::uint32_t>(halftone::random_bits(1, 2 * i + 1))));
  }
  CAPTURE(result.a);
  CAPTURE(result.b);
  CAPTURE(result.c);
  CHECK(result.wrong == 0);
}

TEST_CASE("fused rounds once where product and addend are of like size, cancel, or give subnormals") {
  comparison result;
  for (std::uint64_t i = 0; i < 1'000'000; ++i) {
    const std::uint64_t r = halftone::random_bits(2, 2 * i);
    const std::uint64_t s = halftone::random_bits(2, 2 * i + 1);
    // |a * b| near 2^(exponent - 127); the lowest exponents give subnormal products
    const auto exponent = static_cast<std::uint32_t>(r >> 32) % 254u + 1u;
    const std::uint32_t half = exponent / 2 + 63u;
    const float a = with_exponent(r, half);
    const float b = with_exponent(s, 127u + exponent - half < 255u ? 127u + exponent - half : 254u);
    const float p = a * b;
    result.add(a, b, with_exponent(s >> 20, exponent));
    const std::uint32_t near = bits_of(p) ^ 0x80000000u;
    for (const std::uint32_t step : {0u, 1u, 2u, 0xffffffffu}) {
      result.add(a, b, float_of(near + step));  // cancels to a few units, or to nothing but the product's rounding error
    }
    const float tiny_a = with_exponent(r, 40u + static_cast<std::uint32_t>(s >> 40) % 30u);
    result.add(tiny_a, with_exponent(s, 18u), float_of(static_cast<std::uint32_t>(r >> 41) & 0x807fffffu));
  }
  CAPTURE(result.a);
  CAPTURE(result.b);
  CAPTURE(result.c);
  CHECK(result.wrong == 0);
}

TEST_CASE("fused does not round to double on the way") {
  comparison result;
  for (std::uint64_t i = 0; i < 300'000; ++i) {
    const std::uint64_t r = halftone::random_bits(3, i);
    // c + half a unit of c, a little more or less: the little is below a unit of double
    const std::uint32_t exponent = 60u + static_cast<std::uint32_t>(r >> 40) % 140u;
    const float c = with_exponent(r, exponent);
    const float half_unit = std::ldexp(1.0f, static_cast<int>(exponent) - 127 - 24);
    for (const float factor : {1.0f, -1.0f}) {
      for (const std::uint32_t i1 : {1u, 2u, 3u, 5u}) {
        const float up = 1.0f + static_cast<float>(i1) * 0x1p-23f;
        const float down = 1.0f - static_cast<float>(i1) * 0x1p-23f;
        result.add(half_unit * up, factor * down, c);
        result.add(half_unit * 0.5f * up, factor * down * 2.0f, c);
        result.add(half_unit * 3.0f, factor * (1.0f + static_cast<float>(i1) * 0x1p-23f), c);
      }
    }
  }
  CAPTURE(result.a);
  CAPTURE(result.b);
  CAPTURE(result.c);
  CHECK(result.wrong == 0);
  CHECK(result.twice_rounded > 1000);  // the triples do tell one rounding from two
}

TEST_CASE("fused of every pair and triple of special values") {
  const float infinity = std::numeric_limits<float>::infinity();
  const float special[] = {0.0f, -0.0f, 1.0f, -1.0f, 0x1p-149f, -0x1p-149f, 0x1.fffffep-127f, 0x1p-126f,
                           -0x1p-126f, 0x1.fffffep127f, -0x1.fffffep127f, infinity, -infinity,
                           std::numeric_limits<float>::quiet_NaN(), 0x1p64f, 0x1p-75f, -0x1.8p-75f};
  comparison result;
  for (const float a : special) {
    for (const float b : special) {
      for (const float c : special) {
        result.add(a, b, c);
      }
    }
  }
  CAPTURE(result.a);
  CAPTURE(result.b);
  CAPTURE(result.c);
  CHECK(result.wrong == 0);
}

TEST_CASE("fused and product work in constant expressions") {
  static_assert(halftone::fused(0x1.000002p0f, 0x1.fffffcp-1f, -1.0f) == -0x1p-46f);  // (1 + e)(1 - e) - 1 with e = 2^-23
  static_assert(halftone::product(0x1.000002p0f, 0x1.000002p0f) == 0x1.000004p0f);
  CHECK(halftone::fused(0x1.000002p0f, 0x1.fffffcp-1f, -1.0f) == -0x1p-46f);
}

TEST_CASE("a product is rounded before it meets a sum, whatever the compiler contracts") {
  std::size_t wrong = 0;
  std::size_t telling = 0;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    const std::uint64_t r = halftone::random_bits(4, i);
    const float a = with_exponent(r, 127);
    const float b = with_exponent(r >> 32, 127);
    volatile float rounded = a * b;
    const float p = rounded;
    wrong += halftone::product(a, b) - p != 0.0f ? 1u : 0u;
    telling += std::fma(a, b, -p) != 0.0f ? 1u : 0u;
  }
  CHECK(wrong == 0);
  CHECK(telling > 50'000);
}

TEST_CASE("minimum and maximum give the second argument where the comparison fails") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(halftone::minimum(nan, 3.0f) == 3.0f);
  CHECK(halftone::maximum(nan, 3.0f) == 3.0f);
  CHECK(std::isnan(halftone::minimum(3.0f, nan)));
  CHECK(std::isnan(halftone::maximum(3.0f, nan)));
  CHECK(halftone::minimum(2.0f, 3.0f) == 2.0f);
  CHECK(halftone::minimum(3.0f, 2.0f) == 2.0f);
  CHECK(halftone::maximum(2.0f, 3.0f) == 3.0f);
  CHECK(halftone::maximum(3.0f, 2.0f) == 3.0f);
}

TEST_CASE("magnitude clears the sign bit alone") {
  std::size_t wrong = 0;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    const auto bits = static_cast<std::uint32_t>(halftone::random_bits(5, i));
    wrong += bits_of(halftone::magnitude(float_of(bits))) != (bits & 0x7fffffffu) ? 1u : 0u;
  }
  CHECK(wrong == 0);
  CHECK(bits_of(halftone::magnitude(-0.0f)) == 0);
}

TEST_CASE("is_finite agrees with the library at every exponent") {
  for (std::uint32_t high = 0; high < 512; ++high) {
    for (const std::uint32_t low : {0u, 1u, 0x400000u, 0x7fffffu}) {
      const float x = float_of(high << 23 | low);
      CHECK(halftone::is_finite(x) == std::isfinite(x));
    }
  }
}

TEST_CASE("the reciprocal of a scale is zero below the smallest normal float") {
  CHECK(halftone::reciprocal_of_scale(0.0f) == 0.0f);
  CHECK(halftone::reciprocal_of_scale(-0.0f) == 0.0f);
  CHECK(halftone::reciprocal_of_scale(0x1.fffffcp-127f) == 0.0f);
  CHECK(halftone::reciprocal_of_scale(-0x1p-149f) == 0.0f);
  CHECK(halftone::reciprocal_of_scale(0x1p-126f) == 0x1p126f);
  CHECK(halftone::reciprocal_of_scale(-4.0f) == -0.25f);
  CHECK(halftone::reciprocal_of_scale(3.0f) == 1.0f / 3.0f);
}

TEST_CASE("round_up and ceil_div at multiples and beside them") {
  static_assert(halftone::round_up(0, 16) == 0 && halftone::round_up(1, 16) == 16 && halftone::round_up(16, 16) == 16 &&
                halftone::round_up(17, 16) == 32 && halftone::round_up(7, 1) == 7 && halftone::round_up(7, 3) == 9);
  static_assert(halftone::ceil_div(0, 8) == 0 && halftone::ceil_div(1, 8) == 1 && halftone::ceil_div(8, 8) == 1 &&
                halftone::ceil_div(9, 8) == 2 && halftone::ceil_div(13, 1) == 13);
  CHECK(halftone::ceil_div(63, 8) == 8);
}

TEST_CASE("a choice without branches takes what the test says, bit by bit") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(halftone::chosen(true, 5u, 7u) == 5u);
  CHECK(halftone::chosen(false, 5u, 7u) == 7u);
  CHECK(halftone::chosen(true, 1.5f, nan) == 1.5f);
  CHECK(halftone::chosen(false, 1.5f, -0.0f) == 0.0f);
  CHECK(std::signbit(halftone::chosen(false, 1.5f, -0.0f)));
  CHECK(halftone::chosen(true, 1e300, -1e300) == 1e300);
  CHECK(halftone::chosen(false, 1e300, -1e300) == -1e300);
}
