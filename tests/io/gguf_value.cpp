// SPDX-License-Identifier: MIT
// Halftone tests: values of the metadata, read as their types and no others.
#include <halftone/io/gguf_value.hpp>

#include "gguf_builder.hpp"

#include <doctest/doctest.h>

#include <iterator>
#include <limits>

using namespace halftone;
using namespace halftone_test;
using detail::gguf_cursor;

namespace {

gguf_value value_of(gguf_value_type type, const bytes& file, std::endian order = std::endian::little) {
  return {type, gguf_cursor(file, 0, order)};
}

/// How many of the types of C++ read a value.
template <class... T>
unsigned readers(const gguf_value& value) {
  return (0u + ... + (value.get<T>() ? 1u : 0u));
}

template <class T>
void check_scalar(T number) {
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    const bytes file = gguf_builder(order).put(number).file();
    const gguf_value value = value_of(gguf_value_type_of<T>(), file, order);
    CHECK(value.get<T>() == number);
    CHECK(readers<std::uint8_t, std::int8_t, std::uint16_t, std::int16_t, std::uint32_t, std::int32_t, float, bool,
                  std::string_view, std::string, gguf_array, std::uint64_t, std::int64_t, double, std::vector<T>,
                  std::vector<std::string>>(value) == 1);
  }
}

}  // namespace

TEST_CASE("a scalar is read as its own type and as no other") {
  check_scalar(std::numeric_limits<std::uint8_t>::max());
  check_scalar(std::numeric_limits<std::int8_t>::min());
  check_scalar(std::numeric_limits<std::uint16_t>::max());
  check_scalar(std::numeric_limits<std::int16_t>::min());
  check_scalar(std::numeric_limits<std::uint32_t>::max());
  check_scalar(std::numeric_limits<std::int32_t>::min());
  check_scalar(std::numeric_limits<std::uint64_t>::max());
  check_scalar(std::numeric_limits<std::int64_t>::min());
  check_scalar(-0.1f);
  check_scalar(1e300);
  check_scalar(true);
  check_scalar(false);
}

TEST_CASE("a string is its bytes, zeros and invalid UTF-8 included") {
  using namespace std::string_view_literals;
  for (const std::string_view text : {""sv, "a"sv, "a\0b"sv, "\xff\xfe"sv}) {
    const bytes file = gguf_builder().text(text).raw("behind").file();
    const gguf_value value = value_of(gguf_value_type::string, file);
    CHECK(value.get<std::string_view>() == text);
    CHECK(value.get<std::string>() == std::string(text));
    CHECK(!value.get<gguf_array>());
    CHECK(!value.get<std::uint64_t>());
    CHECK(!value.get<std::vector<std::string>>());
  }
}

TEST_CASE("an array is read by elements, as a vector, and as no vector of another type") {
  const bytes file =
      gguf_builder().u32(3).u64(3).put(std::int16_t{-5}).put(std::int16_t{7}).put(std::int16_t{0}).file();
  const gguf_value value = value_of(gguf_value_type::array, file);
  const gguf_array array = value.get<gguf_array>().value();
  CHECK(array.element_type() == gguf_value_type::i16);
  CHECK(array.size() == 3);
  CHECK(array.get<std::int16_t>(0) == -5);
  CHECK(array.get<std::int16_t>(1) == 7);
  CHECK(!array.get<std::int16_t>(3));
  CHECK(!array.get<std::uint16_t>(1));
  CHECK(value.get<std::vector<std::int16_t>>() == std::vector<std::int16_t>{-5, 7, 0});
  CHECK(!value.get<std::vector<std::uint16_t>>());
  CHECK(!value.get<std::vector<std::string>>());
  CHECK(!value.get<std::vector<std::vector<std::int16_t>>>());
  CHECK(!value.get<std::int16_t>());
  std::vector<std::int16_t> seen;
  for (const gguf_value each : array) {
    seen.push_back(each.get<std::int16_t>().value());
  }
  CHECK(seen == std::vector<std::int16_t>{-5, 7, 0});
  static_assert(std::forward_iterator<gguf_array::iterator>);
  CHECK((*std::next(array.begin(), 2)).get<std::int16_t>() == 0);
}

TEST_CASE("strings of an array, bools and empty arrays") {
  const bytes words = gguf_builder().u32(8).u64(3).text("a").text("").text("ccc").file();
  const gguf_value list = value_of(gguf_value_type::array, words);
  CHECK(list.get<std::vector<std::string>>() == std::vector<std::string>{"a", "", "ccc"});
  CHECK(list.get<std::vector<std::string_view>>().value().at(2) == "ccc");
  CHECK(list.get<gguf_array>().value().get<std::string>(2) == "ccc");
  CHECK(!list.get<gguf_array>().value().get<std::string>(3));
  CHECK(!list.get<std::vector<std::uint8_t>>());

  const bytes flags = gguf_builder().u32(7).u64(2).u8(1).u8(0).file();
  CHECK(value_of(gguf_value_type::array, flags).get<std::vector<bool>>() == std::vector<bool>{true, false});

  const bytes none = gguf_builder().u32(6).u64(0).file();
  const gguf_value empty = value_of(gguf_value_type::array, none);
  CHECK(empty.get<std::vector<float>>() == std::vector<float>{});
  CHECK(!empty.get<std::vector<double>>());
  CHECK(!empty.get<std::vector<std::string>>());
  CHECK(gguf_array().size() == 0);
  CHECK(gguf_array().begin() == gguf_array().end());
}

TEST_CASE("arrays inside arrays are read as vectors of vectors, and stepped over") {
  const bytes file = gguf_builder()
                         .u32(9)
                         .u64(3)
                         .u32(9)  // [[1, 2], [3]]
                         .u64(2)
                         .u32(0)
                         .u64(2)
                         .u8(1)
                         .u8(2)
                         .u32(0)
                         .u64(1)
                         .u8(3)
                         .u32(8)  // ["x"]
                         .u64(1)
                         .text("x")
                         .u32(1)  // [-1]
                         .u64(1)
                         .u8(255)
                         .file();
  const gguf_array outer = value_of(gguf_value_type::array, file).get<gguf_array>().value();
  CHECK(outer.size() == 3);
  using table = std::vector<std::vector<std::uint8_t>>;
  CHECK(outer.get<table>(0) == table{{1, 2}, {3}});
  CHECK(outer.get<std::vector<std::string>>(1) == std::vector<std::string>{"x"});
  CHECK(outer.get<std::vector<std::int8_t>>(2) == std::vector<std::int8_t>{-1});
  CHECK(!outer.get<std::vector<std::int8_t>>(1));
  CHECK(!value_of(gguf_value_type::array, file).get<std::vector<table>>());
  gguf_cursor behind(file, 0, std::endian::little);
  detail::skip_gguf_value(behind, gguf_value_type::array);
  CHECK(behind.remaining() == 0);
}

TEST_CASE("types have names for sentences") {
  const bytes file = gguf_builder().u32(8).u64(0).file();
  CHECK(detail::with_article(value_of(gguf_value_type::array, file)) == "an array of string");
  CHECK(detail::with_article(gguf_value_type::i8) == "an i8");
  CHECK(detail::type_with_article<std::uint64_t>() == "a u64");
  CHECK(detail::type_with_article<std::string>() == "a string");
  CHECK(detail::type_with_article<gguf_array>() == "an array");
  CHECK(detail::type_with_article<std::vector<bool>>() == "an array of bool");
  CHECK(detail::type_with_article<std::vector<std::vector<int>>>() == "an array of array");
}
