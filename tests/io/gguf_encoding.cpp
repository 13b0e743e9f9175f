// SPDX-License-Identifier: MIT
// Halftone tests: metadata values as bytes, and read back as what they were.
#include <halftone/io/gguf_encoding.hpp>

#include "gguf_builder.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace halftone;
using namespace halftone::detail;
using namespace halftone_test;

namespace {

template <class T>
bytes encoded(const T& value, std::endian order = std::endian::little) {
  bytes file;
  append_gguf_typed(file, value, order);
  return file;
}

/// Written, read as a value of a file, and that written again in the other byte order, and so on.
template <class Read, class T>
void check(const T& value) {
  const bytes little = encoded(value, std::endian::little);
  const bytes big = encoded(value, std::endian::big);
  const auto read = [](const bytes& file, std::endian order) {
    gguf_cursor cursor(file, 0, order);
    const gguf_value_type type = take_gguf_type(cursor);
    return gguf_value(type, cursor);
  };
  const gguf_value from_little = read(little, std::endian::little);
  const gguf_value from_big = read(big, std::endian::big);
  CHECK(from_little.get<Read>() == Read(value));
  CHECK(from_big.get<Read>() == Read(value));
  CHECK(encoded(from_little, std::endian::big) == big);
  CHECK(encoded(from_big, std::endian::little) == little);
  CHECK(encoded(from_big, std::endian::big) == big);
}

}  // namespace

TEST_CASE("values of every type are written as the format says") {
  CHECK(encoded(std::uint8_t{200}) == gguf_builder().u32(0).u8(200).file());
  CHECK(encoded(std::int8_t{-1}) == gguf_builder().u32(1).u8(255).file());
  CHECK(encoded(std::uint16_t{7}) == gguf_builder().u32(2).put(std::uint16_t{7}).file());
  CHECK(encoded(std::int16_t{-7}) == gguf_builder().u32(3).put(std::int16_t{-7}).file());
  CHECK(encoded(7u) == gguf_builder().u32(4).u32(7).file());
  CHECK(encoded(-7) == gguf_builder().u32(5).put(-7).file());
  CHECK(encoded(0.1f) == gguf_builder().u32(6).put(0.1f).file());
  CHECK(encoded(true) == gguf_builder().u32(7).u8(1).file());
  CHECK(encoded("text") == gguf_builder().u32(8).text("text").file());
  CHECK(encoded(std::string("text")) == gguf_builder().u32(8).text("text").file());
  CHECK(encoded(std::string_view()) == gguf_builder().u32(8).text("").file());
  CHECK(encoded(std::vector<int>{1, -1}) == gguf_builder().u32(9).u32(5).u64(2).put(1).put(-1).file());
  CHECK(encoded(7ull) == gguf_builder().u32(10).u64(7).file());
  CHECK(encoded(-7ll) == gguf_builder().u32(11).put(std::int64_t{-7}).file());
  CHECK(encoded(0.1) == gguf_builder().u32(12).put(0.1).file());
  CHECK(encoded(std::vector<const char*>{"a", ""}) == gguf_builder().u32(9).u32(8).u64(2).text("a").text("").file());
  CHECK(encoded(std::vector<bool>{true, false}) == gguf_builder().u32(9).u32(7).u64(2).u8(1).u8(0).file());
  CHECK(encoded(std::vector<double>{}) == gguf_builder().u32(9).u32(12).u64(0).file());
  const std::uint16_t list[] = {1, 2};
  CHECK(encoded(std::span<const std::uint16_t>(list)) == encoded(std::vector<std::uint16_t>{1, 2}));
  CHECK(encoded(std::vector<std::vector<std::uint8_t>>{{1}, {}}) ==
        gguf_builder().u32(9).u32(9).u64(2).u32(0).u64(1).u8(1).u32(0).u64(0).file());
}

TEST_CASE("what is written is read back, and copied from file to file in either byte order") {
  check<std::uint8_t>(std::uint8_t{255});
  check<std::int8_t>(std::int8_t{-128});
  check<std::uint16_t>(std::uint16_t{0x1234});
  check<std::int16_t>(std::int16_t{-2});
  check<std::uint32_t>(0x89abcdefu);
  check<std::int32_t>(std::numeric_limits<std::int32_t>::min());
  check<float>(1e-40f);
  check<bool>(false);
  check<std::string>(std::string("a\0\xff", 3));
  check<std::uint64_t>(std::numeric_limits<std::uint64_t>::max());
  check<std::int64_t>(std::numeric_limits<std::int64_t>::min());
  check<double>(-0.1);
  check<std::vector<std::string>>(std::vector<std::string>{"a", "", "bc"});
  check<std::vector<std::int16_t>>(std::vector<std::int16_t>{-1, 2});
  check<std::vector<std::string>>(std::vector<std::string>{});
  using table = std::vector<std::vector<float>>;
  check<table>(table{{1.5f}, {}, {-2.5f, 0.0f}});
}

static_assert(gguf_writable<int> && gguf_writable<char[3]> && gguf_writable<std::vector<std::vector<std::string>>>);
static_assert(!gguf_writable<char> && !gguf_writable<long double> && !gguf_writable<void*> &&
              !gguf_writable<std::vector<char>>);
