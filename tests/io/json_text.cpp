// SPDX-License-Identifier: MIT
// Halftone tests: UTF-8 and JSON strings.
#include <halftone/io/json_text.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace halftone::detail;

namespace {

std::string encoded(std::uint32_t point) {
  const auto tail = [&](unsigned shift) { return static_cast<char>(0x80u | ((point >> shift) & 0x3fu)); };
  if (point < 0x80u) {
    return {static_cast<char>(point)};
  }
  if (point < 0x800u) {
    return {static_cast<char>(0xc0u | (point >> 6)), tail(0)};
  }
  if (point < 0x10000u) {
    return {static_cast<char>(0xe0u | (point >> 12)), tail(6), tail(0)};
  }
  return {static_cast<char>(0xf0u | (point >> 18)), tail(12), tail(6), tail(0)};
}

}  // namespace

TEST_CASE("every code point but the surrogates is valid UTF-8, and cut short it is not") {
  std::size_t wrong = 0;
  // The rules change below 0x10800 and at 0x110000; in between every 251st is tried.
  for (std::uint32_t point = 0; point < 0x120000u; point += point < 0x10800u || point > 0x10ff00u ? 1u : 251u) {
    const bool legal = point < 0x110000u && (point < 0xd800u || point > 0xdfffu);
    const std::string text = "a" + encoded(point) + "b";
    wrong += first_invalid_utf8(text) == (legal ? text.size() : 1) ? 0u : 1u;
    for (std::size_t length = 2; legal && length + 1 < text.size(); ++length) {
      wrong += first_invalid_utf8(std::string_view(text).substr(0, length)) == 1 ? 0u : 1u;
      wrong += first_invalid_utf8(text.substr(0, length) + "b") == 1 ? 0u : 1u;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("overlong forms and stray bytes are not UTF-8") {
  for (const std::string_view text :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe"}) {
    CHECK(first_invalid_utf8(text) == 0);
    CHECK(first_invalid_utf8("ab" + std::string(text)) == 2);
  }
  CHECK(first_invalid_utf8("") == 0);
  CHECK(first_invalid_utf8(std::string_view("a\0b", 3)) == 3);
}

TEST_CASE("a JSON string reads back as it was") {
  std::string text;
  for (int c = 0; c < 128; ++c) {
    text += static_cast<char>(c);
  }
  text += "\xc3\xa4\xf0\x9f\x98\x80";
  std::string json;
  append_json_string(json, text);
  CHECK(nlohmann::json::parse(json).get<std::string>() == text);
  json.clear();
  append_json_string(json, "a\"\\\n\x1f");
  CHECK(json == "\"a\\\"\\\\\\u000a\\u001f\"");
}

TEST_CASE("a name in a message is short and shows no control characters") {
  CHECK(in_quotes("") == "\"\"");
  CHECK(in_quotes("a\nb\x7f") == "\"a?b?\"");
  CHECK(in_quotes(std::string(64, 'x')) == "\"" + std::string(64, 'x') + "\"");
  CHECK(in_quotes(std::string(65, 'x')) == "\"" + std::string(64, 'x') + "...\"");
}
