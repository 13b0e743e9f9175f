// SPDX-License-Identifier: MIT
// Halftone tests: fp32, fp16 and bf16 decode every code exactly and encode to nearest, ties to even.
#include <halftone/core/random.hpp>
#include <halftone/element/float_storage.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace {

/// The format in numbers: fraction bits, smallest normal exponent, largest exponent.
struct layout {
  int fraction;
  int lowest_exponent;
  int highest_exponent;
};
constexpr layout half{10, -14, 15};
constexpr layout brain{7, -126, 127};

double largest(layout f) { return std::ldexp(2.0 - std::ldexp(1.0, -f.fraction), f.highest_exponent); }

/// What a code means, by the definition of the format, in double.
double decoded(std::uint32_t code, layout f) {
  const int exponent_bits = 15 - f.fraction;
  const auto exponent = static_cast<int>((code >> f.fraction) & ((1u << exponent_bits) - 1));
  const double fraction = std::ldexp(static_cast<double>(code & ((1u << f.fraction) - 1)), -f.fraction);
  double value = 0.0;
  if (exponent == (1 << exponent_bits) - 1) {
    value = fraction == 0.0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  } else if (exponent == 0) {
    value = std::ldexp(fraction, f.lowest_exponent);
  } else {
    value = std::ldexp(1.0 + fraction, exponent + f.lowest_exponent - 1);
  }
  return (code & 0x8000u) != 0 ? -value : value;
}

/// The code of a number: divide by the distance of neighbours there, round to even, put the parts together.
std::uint32_t encoded(float x, layout f) {
  const std::uint32_t sign = std::signbit(x) ? 0x8000u : 0u;
  const double a = std::abs(static_cast<double>(x));
  const auto top = static_cast<std::uint32_t>((1 << (15 - f.fraction)) - 1) << f.fraction;
  if (std::isinf(x)) {
    return sign | top;
  }
  if (a == 0.0) {
    return sign;
  }
  const int exponent = std::max(std::ilogb(a), f.lowest_exponent);
  const double rounded = std::ldexp(std::nearbyint(std::ldexp(a, f.fraction - exponent)), exponent - f.fraction);
  const double value = std::min(rounded, largest(f));  // overflow saturates
  if (value < std::ldexp(1.0, f.lowest_exponent)) {
    return sign | static_cast<std::uint32_t>(std::ldexp(value, f.fraction - f.lowest_exponent));
  }
  const int e = std::ilogb(value);
  const auto fraction = static_cast<std::uint32_t>(std::ldexp(value, f.fraction - e)) - (1u << f.fraction);
  return sign | static_cast<std::uint32_t>(e - f.lowest_exponent + 1) << f.fraction | fraction;
}

template <class Element>
struct encode_check {
  layout f;
  std::size_t count = 0;
  std::size_t wrong = 0;
  float first_bad = 0.0f;

  void add(float x) {
    ++count;
    const std::uint32_t code = Element::encode(x);
    const bool right = std::isnan(x) ? std::isnan(Element::decode(code)) && code <= 0xffffu : code == encoded(x, f);
    if (!right && wrong++ == 0) {
      first_bad = x;
    }
  }
  void add_bits(std::uint32_t bits) { add(std::bit_cast<float>(bits)); }
};

template <class Element>
void decodes_every_code(layout f) {
  std::size_t wrong = 0;
  for (std::uint32_t code = 0; code < 0x10000u; ++code) {
    const float value = Element::decode(code);
    const double expected = decoded(code, f);
    const bool right = std::isnan(expected) ? std::isnan(value)
                                            : static_cast<double>(value) == expected &&
                                                  std::signbit(value) == std::signbit(expected);
    wrong += right ? 0u : 1u;
  }
  CHECK(wrong == 0);
}

template <class Element>
void encodes_every_number_to_the_nearest(layout f) {
  encode_check<Element> check{f};
  // every code, the tie above it, and their neighbours among the floats
  for (std::uint32_t code = 0; code < 0x10000u; ++code) {
    const double here = decoded(code, f);
    const double next = decoded(code + 1u, f);
    if (std::isnan(here) || std::isinf(here)) {
      continue;
    }
    const auto value = static_cast<float>(here);
    const auto middle = static_cast<float>(std::isfinite(next) ? (here + next) / 2.0 : here * (1.0 + 0x1p-9));
    for (const float x : {value, middle}) {
      const auto bits = std::bit_cast<std::uint32_t>(x);
      for (const std::uint32_t step : {0u, 1u, 2u, 0xffffffffu, 0xfffffffeu}) {
        check.add_bits(bits + step);
      }
    }
  }
  // every sign and exponent with many mantissas: underflow, subnormals, overflow, infinities, NaN payloads
  for (std::uint32_t high = 0; high < 512; ++high) {
    for (std::uint32_t i = 0; i < 1024; ++i) {
      check.add_bits(high << 23 | (static_cast<std::uint32_t>(halftone::random_bits(1, high * 1024u + i)) & 0x7fffffu));
    }
    for (const std::uint32_t mantissa : {0u, 1u, 0x400000u, 0x3fffffu, 0x400001u, 0x7fffffu, 0x7fffu, 0x8000u, 0x1000u}) {
      check.add_bits(high << 23 | mantissa);
    }
  }
  CAPTURE(check.first_bad);
  CHECK(check.wrong == 0);
  CHECK(check.count > (1u << 20));
}

template <class Element>
void encode_inverts_decode() {
  std::size_t wrong = 0;
  for (std::uint32_t code = 0; code < 0x10000u; ++code) {
    const float value = Element::decode(code);
    wrong += !std::isnan(value) && Element::encode(value) != code ? 1u : 0u;
  }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("all 65536 codes of fp16 decode to their value") { decodes_every_code<halftone::fp16>(half); }
TEST_CASE("all 65536 codes of bf16 decode to their value") { decodes_every_code<halftone::bf16>(brain); }

TEST_CASE("fp16 encodes to nearest even and saturates") { encodes_every_number_to_the_nearest<halftone::fp16>(half); }
TEST_CASE("bf16 encodes to nearest even and saturates") { encodes_every_number_to_the_nearest<halftone::bf16>(brain); }

TEST_CASE("every code but the NaNs comes back from its value") {
  encode_inverts_decode<halftone::fp16>();
  encode_inverts_decode<halftone::bf16>();
}

TEST_CASE("NaN keeps its sign, infinities stay infinite, the largest float does not become infinite") {
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(halftone::fp16::encode(infinity) == 0x7c00);
  CHECK(halftone::fp16::encode(-infinity) == 0xfc00);
  CHECK(halftone::bf16::encode(-infinity) == 0xff80);
  CHECK(halftone::fp16::encode(std::numeric_limits<float>::max()) == 0x7bff);
  CHECK(halftone::fp16::encode(std::numeric_limits<float>::lowest()) == 0xfbff);
  CHECK(halftone::bf16::encode(std::numeric_limits<float>::max()) == 0x7f7f);
  CHECK(halftone::bf16::encode(std::numeric_limits<float>::lowest()) == 0xff7f);
  CHECK((halftone::fp16::encode(std::bit_cast<float>(0xff800001u)) & 0x8000u) != 0);
  CHECK((halftone::bf16::encode(std::bit_cast<float>(0xff800001u)) & 0x8000u) != 0);
  CHECK(std::isnan(halftone::bf16::decode(halftone::bf16::encode(std::bit_cast<float>(0x7f800001u)))));
}

namespace {
/// On both sides of the middle between two neighbours, as close as doubles come: a float in between would be the middle itself.
template <class Element>
void doubles_round_once(std::uint32_t largest) {
  std::size_t wrong = 0;
  for (std::uint32_t code = 0; code < largest; ++code) {
    const double middle = (static_cast<double>(Element::decode(code)) + static_cast<double>(Element::decode(code + 1))) / 2;
    for (const double sign : {1.0, -1.0}) {
      const std::uint32_t top = sign < 0.0 ? 0x8000u : 0u;
      const double infinity = std::numeric_limits<double>::infinity();
      wrong += Element::encode(sign * middle) == (top | (code + code % 2)) ? 0 : 1;
      wrong += Element::encode(sign * std::nextafter(middle, infinity)) == (top | (code + 1)) ? 0 : 1;
      wrong += Element::encode(sign * std::nextafter(middle, -infinity)) == (top | code) ? 0 : 1;
    }
  }
  CHECK(wrong == 0);
  CHECK(Element::encode(1e308) == largest);
  CHECK(Element::encode(-1e308) == (largest | 0x8000u));
  CHECK(Element::encode(-std::numeric_limits<double>::infinity()) == ((largest + 1) | 0x8000u));
  CHECK((Element::encode(std::numeric_limits<double>::quiet_NaN()) & 0x7fffu) > largest + 1);
  CHECK(Element::encode(-0.0) == 0x8000u);
  CHECK(Element::encode(5e-324) == 0);
}
}  // namespace

TEST_CASE("doubles are rounded once") {
  doubles_round_once<halftone::fp16>(0x7bff);
  doubles_round_once<halftone::bf16>(0x7f7f);
}

TEST_CASE("fp32 keeps every bit") {
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const auto bits = static_cast<std::uint32_t>(halftone::random_bits(2, i));
    CHECK(halftone::fp32::encode(halftone::fp32::decode(bits)) == bits);
  }
  CHECK(halftone::fp32::encode(-0.0f) == 0x80000000u);
}

TEST_CASE("bfloat16 as an output type is the same rounding") {
  CHECK(halftone::to_float(halftone::to_bfloat16(1.00390625f)) == 1.0f);  // 1 + 2^-8: a tie, to even
  CHECK(halftone::to_float(halftone::to_bfloat16(1.01171875f)) == 1.015625f);
  static_assert(sizeof(halftone::bfloat16) == 2);
  static_assert(halftone::to_float(halftone::to_bfloat16(-3.0f)) == -3.0f);
}

TEST_CASE("float elements have names, widths and a largest level of one") {
  CHECK(halftone::fp32::name() == "fp32");
  CHECK(halftone::fp16::name() == "fp16");
  CHECK(halftone::bf16::name() == "bf16");
  CHECK(halftone::fp32::bits == 32);
  CHECK(halftone::fp16::bits == 16);
  CHECK(halftone::fp16::largest() == 1.0f);
  static_assert(halftone::float_element<halftone::bf16>);
}
