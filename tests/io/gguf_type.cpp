// SPDX-License-Identifier: MIT
// Halftone tests: the types of GGUF files against the tables of the Python package gguf.
#include <halftone/io/gguf_type.hpp>

#include "file_builder.hpp"

#include <doctest/doctest.h>

#include <set>
#include <sstream>

using namespace halftone;
using namespace halftone_test;

TEST_CASE("numbers, names and blocks of tensor types are those of the package gguf") {
  const bytes content = contents_of(HALFTONE_SOURCE_DIR "/tests/io/gguf_golden/types.txt");  // make_gguf_golden.py
  std::istringstream lines(std::string(content.begin(), content.end()));
  std::uint32_t number = 0;
  std::string name;
  unsigned block = 0;
  unsigned size = 0;
  std::set<std::uint32_t> listed;
  while (lines >> number >> name >> block >> size) {
    CAPTURE(name);
    const auto type = gguf_tensor_type_of(number);
    REQUIRE(type);
    CHECK(static_cast<std::uint32_t>(*type) == number);
    CHECK(name_of(*type) == name);
    CHECK(gguf_tensor_type_of(name) == type);
    CHECK(elements_of_block(*type) == block);
    if (*type == gguf_tensor_type::Q8_1) {
      // Two halves and 32 codes: ggml's block_q8_1. The package still says 40, from when they were floats.
      CHECK(size == 40);
      CHECK(bytes_of_block(*type) == 36);
    } else {
      CHECK(bytes_of_block(*type) == size);
    }
    listed.insert(number);
  }
  CHECK(listed.size() == 34);
  listed.insert(42);  // Q2_0, which the package does not know yet
  for (number = 0; number < 100; ++number) {
    CHECK(gguf_tensor_type_of(number).has_value() == listed.contains(number));
  }
  CHECK(!gguf_tensor_type_of(0x80000000u));
  CHECK(!gguf_tensor_type_of(0xffffffffu));
}

TEST_CASE("names are exact, and those of removed types are none") {
  for (const std::string_view name : {"", "q4_0", "Q4_0 ", "Q4_2", "Q4_0_4_4", "IQ4_NL_8_8", "F8"}) {
    CHECK(!gguf_tensor_type_of(name));
  }
}

TEST_CASE("types of C++ are the types of values, by width and sign") {
  CHECK(gguf_value_type_of<std::uint8_t>() == gguf_value_type::u8);
  CHECK(gguf_value_type_of<signed char>() == gguf_value_type::i8);
  CHECK(gguf_value_type_of<unsigned short>() == gguf_value_type::u16);
  CHECK(gguf_value_type_of<std::int16_t>() == gguf_value_type::i16);
  CHECK(gguf_value_type_of<unsigned>() == gguf_value_type::u32);
  CHECK(gguf_value_type_of<int>() == gguf_value_type::i32);
  CHECK(gguf_value_type_of<float>() == gguf_value_type::f32);
  CHECK(gguf_value_type_of<bool>() == gguf_value_type::boolean);
  CHECK(gguf_value_type_of<unsigned long long>() == gguf_value_type::u64);
  CHECK(gguf_value_type_of<std::int64_t>() == gguf_value_type::i64);
  CHECK(gguf_value_type_of<double>() == gguf_value_type::f64);
  static_assert(!gguf_scalar<char> && !gguf_scalar<long double> && !gguf_scalar<char32_t> && !gguf_scalar<const int>);
  for (unsigned i = 0; i < 13; ++i) {
    CHECK(!name_of(static_cast<gguf_value_type>(i)).empty());
  }
  CHECK(name_of(gguf_value_type::boolean) == "bool");
}
