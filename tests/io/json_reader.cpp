// SPDX-License-Identifier: MIT
// Halftone tests: JSON as events.
#include <halftone/io/json_reader.hpp>

#include <doctest/doctest.h>

using namespace halftone::detail;

namespace {

/// Writes down what it hears.
struct trace {
  std::size_t position = 0;
  std::string heard;
  std::size_t stop_after = 1000;

  bool note(const std::string& what) {
    heard += what + "@" + std::to_string(position) + " ";
    return --stop_after != 0;
  }
  bool on_begin(json_kind kind) { return note(kind == json_kind::object ? "{" : "["); }
  bool on_end() { return note("end"); }
  bool on_key(std::string& name) { return note("key:" + name); }
  bool on_string(std::string& value) { return note("string:" + value); }
  bool on_integer(std::uint64_t value) { return note(std::to_string(value)); }
  bool on_other(std::string_view what) { return note("other:" + std::string(what)); }
};

}  // namespace

TEST_CASE("events come in the order of the text, with the place that was read") {
  trace t;
  CHECK(!read_json(R"({"a":["x",12,-1,1.0,null,true],"a":{}} )", t));
  CHECK(t.heard ==
        "{@1 key:a@4 [@6 string:x@9 12@13 other:a negative number@16 "
        "other:a number that is no integer below 2^64@20 other:null@24 other:a boolean@29 end@30 "
        "key:a@34 {@36 end@37 end@38 ");
}

TEST_CASE("integers are exact up to 2^64 - 1, and no further") {
  trace t;
  CHECK(!read_json("[18446744073709551615,18446744073709551616,-0,0,1e2]", t));
  CHECK(t.heard ==
        "[@1 18446744073709551615@22 other:a number that is no integer below 2^64@43 other:a negative number@46 0@48 "
        "other:a number that is no integer below 2^64@52 end@52 ");
}

TEST_CASE("what is not JSON is found where it is") {
  const std::pair<std::string_view, std::size_t> cases[] = {
      {"", 0},           {"{", 1},        {"{}}", 2},     {"{,}", 1},           {R"({"a":1,})", 7},
      {R"({"a" 1})", 5}, {"[01]", 2},     {"[1]x", 3},    {R"(["\ud800"])", 8}, {R"(["\x"])", 3},
      {"[\"\n\"]", 2},   {"[/*c*/1]", 1}, {"{'a':1}", 1}, {"[NaN]", 1},         {"[\xff]", 1},
  };
  for (const auto& each : cases) {
    const auto& text = each.first;
    const auto& offset = each.second;
    CAPTURE(text);
    trace t;
    const auto bad = read_json(text, t);
    REQUIRE(bad.has_value());
    CHECK(*bad == offset);
  }
}

TEST_CASE("a zero byte is not the end of the text") {
  trace t;
  CHECK(read_json(std::string_view("{}\0{\"hidden\":1}", 15), t) == std::size_t{2});
  CHECK(t.heard.empty());
}

TEST_CASE("a listener that says no is not asked again") {
  trace t;
  t.stop_after = 2;
  CHECK(!read_json(R"({"a":1,"b":2)", t));
  CHECK(t.heard == "{@1 key:a@4 ");
}

TEST_CASE("nesting of any depth takes no stack") {
  trace t;
  t.stop_after = 3'000'000;
  const std::string deep(200'000, '[');
  CHECK(read_json(deep, t) == deep.size());
}
