// SPDX-License-Identifier: MIT
// Halftone tests: the dynamic map is bitsandbytes' to the bit, and encodes as its quantize_blockwise does.
#include "element/code_intervals.hpp"

#include <halftone/element/dynamic_map.hpp>

#include <doctest/doctest.h>

namespace {

using namespace halftone;

const std::string bitsandbytes_file = std::string(HALFTONE_SOURCE_DIR) + "/tests/golden/elements/bitsandbytes.txt";

}  // namespace

TEST_CASE_TEMPLATE_DEFINE("a dynamic map is that of bitsandbytes", Element, dynamic_maps) {
  const std::string name = std::is_same_v<Element, dynamic8> ? "dynamic8" : "dynamic8_unsigned";
  CHECK(Element::name() == "codebook<" + name + ">");
  const auto table = code_intervals::from_file(bitsandbytes_file, "table " + name);
  REQUIRE(table.size() == 256);
  for (const auto& one : table) {
    CHECK(std::bit_cast<std::uint32_t>(Element::decode(one.first)) == one.code);
  }

  // The package takes the smallest entry for -1 on a CPU, and compares distances rounded to float: the change may lie one
  // float beside the midpoint.
  const auto theirs = code_intervals::from_file(bitsandbytes_file, "first " + name);
  REQUIRE(theirs.size() == 254);
  for (const auto& one : theirs) {
    CHECK(Element::encode(code_intervals::float_of(one.first + 1)) == one.code);
    CHECK(Element::encode(code_intervals::float_of(one.first - 2)) == one.code - 1);
  }
}
TEST_CASE_TEMPLATE_INVOKE(dynamic_maps, dynamic8, dynamic8_unsigned);

TEST_CASE_TEMPLATE("every float takes the nearest entry of 256", Element, dynamic8, dynamic8_unsigned) {
  const auto list = code_intervals::nearest_of(Element::entries, false);
  const auto result = code_intervals::check(list, [](float x) { return Element::encode(x); });
  CAPTURE(result.first_bad);
  CAPTURE(result.first_code);
  CHECK(result.wrong == 0);
  CHECK(result.count > (1u << 22));
  for (std::uint32_t code = 0; code < 256; ++code) {
    CHECK(Element::encode(Element::decode(code)) == code);
    CHECK(Element::encode(static_cast<double>(Element::decode(code))) == code);
  }
}
