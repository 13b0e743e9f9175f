// SPDX-License-Identifier: MIT
// Halftone tests: numbers and strings in both byte orders, up to the last byte and never behind it.
#include <halftone/io/gguf_bytes.hpp>

#include "gguf_builder.hpp"

#include <doctest/doctest.h>

using namespace halftone;
using namespace halftone::detail;
using namespace halftone_test;

namespace {

template <class T>
void check_number(T value) {
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    const bytes expected = gguf_builder(order).put(value).file();
    bytes written;
    append_gguf(written, value, order);
    CHECK(written == expected);
    gguf_cursor cursor(expected, 0, order);
    CHECK(std::bit_cast<std::array<std::uint8_t, sizeof(T)>>(cursor.take<T>()) ==
          std::bit_cast<std::array<std::uint8_t, sizeof(T)>>(value));
    CHECK(cursor.remaining() == 0);
    for (std::size_t size = 0; size < sizeof(T); ++size) {
      gguf_cursor cut({expected.data(), size}, 0, order);
      CHECK(cut.take<T>() == T{});
      CHECK(cut.remaining() == 0);
    }
  }
}

}  // namespace

TEST_CASE("numbers of every type are written and read in both byte orders") {
  for (const unsigned value : {0u, 1u, 0x80u, 0xa5u, 0xffu}) {
    check_number(static_cast<std::uint8_t>(value));
    check_number(static_cast<std::int8_t>(value));
  }
  check_number(std::uint16_t{0x1234});
  check_number(std::int16_t{-2});
  check_number(std::uint32_t{0x89abcdef});
  check_number(std::int32_t{-2147483647 - 1});
  check_number(std::uint64_t{0x0123456789abcdef});
  check_number(std::numeric_limits<std::int64_t>::min());
  for (const double value : {0.0, -0.0, 0.1, 1e-40, -1e300}) {
    check_number(value);
    check_number(static_cast<float>(value));
  }
  check_number(std::numeric_limits<float>::infinity());
  check_number(std::bit_cast<float>(0x7fa00001u));  // a signalling NaN keeps its payload
  const bytes flags{0, 1};
  gguf_cursor cursor(flags, 0, std::endian::little);
  CHECK(!cursor.take<bool>());
  CHECK(cursor.take<bool>());
}

TEST_CASE("the order of bytes is that of the format, not of the machine") {
  bytes written;
  append_gguf(written, std::uint32_t{0x01020304}, std::endian::little);
  append_gguf(written, std::uint32_t{0x01020304}, std::endian::big);
  append_gguf(written, true, std::endian::big);
  append_gguf(written, std::string_view("ab"), std::endian::big);
  CHECK(written == bytes{4, 3, 2, 1, 1, 2, 3, 4, 1, 0, 0, 0, 0, 0, 0, 0, 2, 'a', 'b'});
}

TEST_CASE("a string ends where the file does, whatever its length says") {
  const bytes file = gguf_builder().text("abc").u64(~std::uint64_t{0}).raw("de").file();
  gguf_cursor cursor(file, 0, std::endian::little);
  CHECK(cursor.take_string() == "abc");
  CHECK(cursor.at() == 11);
  CHECK(cursor.take_string() == "de");
  CHECK(cursor.take_string().empty());
  gguf_cursor again(file, 11, std::endian::little);
  again.skip(9);
  CHECK(again.remaining() == 1);
  again.skip(~std::uint64_t{0});
  CHECK(again.remaining() == 0);
}
