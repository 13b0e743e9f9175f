// SPDX-License-Identifier: MIT
// Halftone tests: the three kinds of elements are told apart, and rows have the bytes they need.
#include <halftone/element/codebook.hpp>
#include <halftone/element/float_storage.hpp>
#include <halftone/element/integer.hpp>

#include <doctest/doctest.h>

namespace {

/// Pairs of weights share one byte; a last single weight has a byte of its own.
struct pair_element {
  static constexpr unsigned bits = 4;
  static constexpr std::size_t dimension = 2;
  static std::string name() { return "pair"; }
  static constexpr std::size_t unit_bytes(std::size_t) { return 1; }
  static float largest() { return 7.0f; }
  void encode_unit(std::span<const float>, std::span<std::uint8_t>, halftone::unit_position) const {}
  void decode_unit(std::span<const std::uint8_t>, std::span<float>, halftone::unit_position) const {}
};

struct nine_bits {
  static constexpr unsigned bits = 9;
  static constexpr std::size_t dimension = 1;
  static std::string name() { return "nine"; }
  static float decode(std::uint32_t) { return 0.0f; }
  static std::uint32_t encode(float) { return 0; }
  static float largest() { return 1.0f; }
};

struct no_name {
  static constexpr unsigned bits = 4;
  static constexpr std::size_t dimension = 1;
};

using halftone::codebook;
using halftone::int4;
using halftone::uint4;

static_assert(halftone::uniform_element<int4> && !halftone::table_element<int4> && !halftone::unit_element<int4>);
static_assert(halftone::signed_element<int4> && !halftone::signed_element<uint4>);
static_assert(halftone::table_element<halftone::fp16> && !halftone::uniform_element<halftone::fp16>);
static_assert(halftone::table_element<halftone::runtime_codebook<4>>);
static_assert(halftone::unit_element<pair_element> && halftone::element_format<pair_element> &&
              !halftone::scalar_element<pair_element>);
static_assert(!halftone::element_format<nine_bits> && !halftone::element<no_name> && !halftone::element_format<int>);

}  // namespace

TEST_CASE("a row starts on a byte and has no byte too many") {
  CHECK(halftone::row_bytes_of<int4>(0) == 0);
  CHECK(halftone::row_bytes_of<int4>(1) == 1);
  CHECK(halftone::row_bytes_of<int4>(2) == 1);
  CHECK(halftone::row_bytes_of<int4>(33) == 17);
  CHECK(halftone::row_bytes_of<halftone::int3>(8) == 3);
  CHECK(halftone::row_bytes_of<halftone::int3>(9) == 4);
  CHECK(halftone::row_bytes_of<halftone::uint1>(17) == 3);
  CHECK(halftone::row_bytes_of<halftone::int8>(31) == 31);
  CHECK(halftone::row_bytes_of<halftone::fp16>(3) == 6);
  CHECK(halftone::row_bytes_of<halftone::fp32>(3) == 12);
}

TEST_CASE("a row of units ends in a shorter unit") {
  CHECK(halftone::row_bytes_of<pair_element>(0) == 0);
  CHECK(halftone::row_bytes_of<pair_element>(1) == 1);
  CHECK(halftone::row_bytes_of<pair_element>(6) == 3);
  CHECK(halftone::row_bytes_of<pair_element>(7) == 4);
}

TEST_CASE("the largest level is the maximum of integers and the magnitude of tables") {
  CHECK(halftone::largest_level(int4{}) == 7.0f);
  CHECK(halftone::largest_level(uint4{}) == 15.0f);
  CHECK(halftone::largest_level(pair_element{}) == 7.0f);
  CHECK(halftone::largest_level(halftone::fp32{}) == 1.0f);
}
