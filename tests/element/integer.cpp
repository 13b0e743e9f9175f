// SPDX-License-Identifier: MIT
// Halftone tests: integer elements of every width, sign and range.
#include <halftone/element/integer.hpp>

#include <doctest/doctest.h>

#include <set>

namespace {

using halftone::code_range;
using halftone::integer;
using halftone::signedness;

/// The laws of a uniform element, with the range computed by hand.
template <class Element>
void obeys_the_laws(std::int32_t low, std::int32_t high) {
  CAPTURE(Element::name());
  CHECK(Element::min == low);
  CHECK(Element::max == high);
  CHECK(Element::dimension == 1);
  CHECK(halftone::largest_level(Element{}) == static_cast<float>(high));
  std::set<std::uint32_t> codes;
  std::size_t wrong = 0;
  for (std::int32_t level = low; level <= high; ++level) {
    const std::uint32_t code = Element::code_of(level);
    codes.insert(code);
    wrong += code >= (1u << Element::bits) || Element::level_of(code) != level ||
             Element::decode(code) != static_cast<float>(level) || Element::code_of(Element::level_of(code)) != code ||
             Element::level_of(code | ~((1u << Element::bits) - 1)) != level;  // higher bits are ignored
  }
  CHECK(wrong == 0);
  CHECK(codes.size() == static_cast<std::size_t>(high - low + 1));
}

template <unsigned Bits>
void every_kind() {
  obeys_the_laws<integer<Bits, signedness::is_unsigned>>(0, (1 << Bits) - 1);
  obeys_the_laws<integer<Bits, signedness::is_signed>>(-(1 << (Bits - 1)), (1 << (Bits - 1)) - 1);
  if constexpr (Bits > 1) {
    obeys_the_laws<integer<Bits, signedness::is_signed, code_range::narrow>>(1 - (1 << (Bits - 1)), (1 << (Bits - 1)) - 1);
  }
}

}  // namespace

TEST_CASE("codes and levels of 1 to 8 and of 16 bits correspond") {
  every_kind<1>();
  every_kind<2>();
  every_kind<3>();
  every_kind<4>();
  every_kind<5>();
  every_kind<6>();
  every_kind<7>();
  every_kind<8>();
  every_kind<16>();
}

TEST_CASE("signed codes are two's complement") {
  CHECK(halftone::int4::code_of(-1) == 0xf);
  CHECK(halftone::int4::code_of(-8) == 0x8);
  CHECK(halftone::int8::code_of(-128) == 0x80);
  CHECK(halftone::int3::code_of(-4) == 0x4);
  CHECK(halftone::int16::code_of(-32768) == 0x8000);
}

TEST_CASE("a narrow element still decodes the code that it never writes") {
  CHECK(halftone::int4_narrow::level_of(0x8) == -8);
  CHECK(halftone::int8_narrow::decode(0x80) == -128.0f);
}

TEST_CASE("names say sign, width and range") {
  CHECK(halftone::int4::name() == "int4");
  CHECK(halftone::uint3::name() == "uint3");
  CHECK(halftone::int8_narrow::name() == "int8_narrow");
}
