// SPDX-License-Identifier: MIT
// Halftone tests: the table of safetensors element types.
#include <halftone/io/safetensors_type.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace halftone;

TEST_CASE("every element type has the name and the width that the format gives it") {
  const std::pair<std::string_view, unsigned> expected[] = {
      {"BOOL", 8},        {"F4", 4},          {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"U8", 8},   {"I8", 8},
      {"F8_E5M2", 8},     {"F8_E4M3", 8},     {"F8_E8M0", 8}, {"I16", 16},    {"U16", 16}, {"F16", 16},
      {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}, {"BF16", 16},   {"I32", 32},    {"U32", 32}, {"F32", 32},
      {"C64", 64},        {"F64", 64},        {"I64", 64},    {"U64", 64},
  };
  CHECK(std::size(expected) == detail::safetensors_types.size());
  for (const auto& each : expected) {
    const auto& name = each.first;
    const auto& bits = each.second;
    CAPTURE(name);
    const auto type = safetensors_type_of(name);
    REQUIRE(type.has_value());
    CHECK(name_of(*type) == name);
    CHECK(bits_of(*type) == bits);
  }
}

TEST_CASE("names that the format does not define have no type") {
  for (const std::string_view name : {"", "f32", "F32 ", "F8", "F8_E4M3FN", "I4", "U", "U88", "C128", "BF"}) {
    CAPTURE(name);
    CHECK(!safetensors_type_of(name).has_value());
  }
  CHECK(!safetensors_type_of(std::string_view("U8\0", 3)).has_value());
}
