// SPDX-License-Identifier: MIT
// Halftone tests: JSON documents as lists of values, and those that are refused.
#include <halftone/io/json_fields.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>

using namespace halftone;

namespace {
file_failure refused(const std::string& text, file_error code = file_error::malformed) {
  const auto parsed = json_fields::parse(text, "it");
  REQUIRE(!parsed);
  CHECK(parsed.failure().code == code);
  return parsed.failure();
}
}  // namespace

TEST_CASE("values by their paths") {
  const auto json = json_fields::parse(R"({"a":{"b":[1,-2.5,{"c":"text"}],"d":null},"e":true,"f":[],"g":18446744073709551615})", "it").value();
  CHECK(json.count("a/b/0") == 1);
  CHECK(*json.get<double>("a/b/1") == -2.5);
  CHECK(*json.get<std::string>("a/b/2/c") == "text");
  CHECK(json.count("a/b/") == 3);
  CHECK(json.count("a/b/2/") == 1);
  CHECK(json.count("a/") == 2);
  CHECK(json.count("f/") == 0);
  CHECK(json.count("") == 4);
  CHECK(json.get<std::nullptr_t>("a/d") != nullptr);
  CHECK(*json.get<bool>("e"));
  CHECK(json.get<double>("e") == nullptr);
  CHECK(json.find("a/b/3") == nullptr);
  CHECK(!json.count("a/b/1"));
  CHECK(!json.count("g"));
  CHECK(json.values().size() == 11);
}

TEST_CASE("where values end") {
  const auto json = json_fields::parse(R"({"a": "xy", "b": [true, null], "c": {}, "d": 12 })", "it").value();
  CHECK(json.offset_of("a") == 10);
  CHECK(json.offset_of("b/0") == 22);
  CHECK(json.offset_of("b/1") == 28);
  CHECK(json.offset_of("b") == 29);
  CHECK(json.offset_of("c") == 38);
  CHECK(json.offset_of("d") == 48);  // with the byte that ends a number
  CHECK(json.offset_of("none") == 0);
}

TEST_CASE("a value alone") {
  CHECK(json_fields::parse("7", "it").value().count("") == 7);
  CHECK(*json_fields::parse("\"x\"", "it").value().get<std::string>("") == "x");
}

TEST_CASE("documents that are refused") {
  CHECK(refused("").text == "it: not JSON");
  CHECK(refused("[1,]").offset == 3);
  CHECK(refused("[\"\xff\"]").offset == 2);
  CHECK(refused("[\"\xff\"]").text == "it: not UTF-8");
  CHECK(refused(R"({"a":1,"a":2})", file_error::duplicate_name).text == "it: \"a\" occurs twice");
  CHECK(refused(R"({"a":{"b":1},"a/b":2})", file_error::duplicate_name).text == "it: \"a/b\" occurs twice");
  CHECK(refused(std::string(17, '[') + std::string(17, ']'), file_error::too_large).text == "it: more than 16 levels");
  CHECK(json_fields::parse(std::string(16, '[') + std::string(16, ']'), "it").has_value());
  CHECK(refused("{\"" + std::string(257, 'k') + "\":1}", file_error::too_large).text == "it: a path of 257 bytes, more than 256");
  std::string many = "[0";
  for (std::size_t i = 1; i < json_fields::most_values; ++i) {
    many += ",0";
  }
  CHECK(refused(many + "]", file_error::too_large).text == "it: more than 262144 values");
  CHECK(refused(std::string(json_fields::longest_text + 1, ' '), file_error::too_large).text == "it: 16777217 bytes of JSON, more than 16777216");
}

TEST_CASE("a file, and bytes") {
  std::ofstream("fields.json") << R"({"a": 3})";
  CHECK(json_fields::open("fields.json", "it").value().count("a") == 3);
  std::remove("fields.json");
  CHECK(json_fields::open("fields.json", "it").failure().code == file_error::cannot_open);
  const std::vector<std::uint8_t> bytes{'[', '7', ']'};
  CHECK(json_fields::parse(bytes, "it").value().count("0") == 7);
}
