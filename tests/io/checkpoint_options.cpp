// SPDX-License-Identifier: MIT
// Halftone tests: options of a configuration, and those of another kind.
#include <halftone/io/checkpoint_options.hpp>

#include <doctest/doctest.h>

using namespace halftone;
using detail::option_reader;

namespace {
const json_fields fields = json_fields::parse(R"({"a": {"n": 4, "half": 0.5, "big": 1e10, "below": -2, "all": -1, "t": true, "f": false,
  "s": "text", "z": null, "list": ["x", "y"], "mixed": ["x", 3], "hole": ["x", null], "empty": [], "o": {"k": {"i": 1, "j": 2}, "l": 3}}})",
                                              "it")
                               .value();

template <class Read>
std::string refused(const Read& read) {
  option_reader o(fields, "it", "a/");
  static_cast<void>(read(o));
  return o.failure ? o.failure->text : std::string();
}
}  // namespace

TEST_CASE("options of their kinds") {
  option_reader o(fields, "it", "a/");
  CHECK(o.size("n") == 4);
  CHECK(o.size("all") == -1);
  CHECK(o.truth("t") == true);
  CHECK(o.text("s") == "text");
  CHECK((o.text_or_truth("t") == "true" && o.text_or_truth("f") == "false" && o.text_or_truth("s") == "text"));
  CHECK((!o.size("z") && !o.text("none") && !o.truth("none") && !o.text_or_truth("z")));
  CHECK(o.texts("list") == std::vector<std::string>{"x", "y"});
  CHECK((o.texts("empty").empty() && o.texts("none").empty() && o.texts("z").empty()));
  CHECK((o.has("n") && o.has("o") && o.has("empty") && !o.has("z") && !o.has("none")));
  CHECK((o.members("list") == 2 && o.members("o") == 2 && o.members("n") == 0));
  CHECK(o.keys("o") == std::vector<std::string>{"k", "l"});
  CHECK(o.keys("none").empty());
  CHECK(o.path() == "a/");
  CHECK(!o.failure);
}

TEST_CASE("options of another kind") {
  CHECK(refused([](auto& o) { return o.size("s"); }) == "it: \"a/s\" is \"text\", not a number");
  CHECK(refused([](auto& o) { return o.size("half"); }) == "it: \"a/half\" is 0.5, not a size");
  CHECK(refused([](auto& o) { return o.size("big"); }) == "it: \"a/big\" is 1e+10, not a size");
  CHECK(refused([](auto& o) { return o.size("below"); }) == "it: \"a/below\" is -2, not a size");
  CHECK(refused([](auto& o) { return o.size("list"); }) == "it: \"a/list\" is an object or a list, not a number");
  CHECK(refused([](auto& o) { return o.truth("n"); }) == "it: \"a/n\" is 4, not true or false");
  CHECK(refused([](auto& o) { return o.text("t"); }) == "it: \"a/t\" is true, not a text");
  CHECK(refused([](auto& o) { return o.text_or_truth("n"); }) == "it: \"a/n\" is 4, not a text");
  CHECK(refused([](auto& o) { return o.texts("s"); }) == "it: \"a/s\" is \"text\", not a list");
  CHECK(refused([](auto& o) { return o.texts("mixed"); }) == "it: \"a/mixed/1\" is 3, not a text");
  CHECK(refused([](auto& o) { return o.texts("hole"); }) == "it: \"a/hole/1\" is null, not a text");
}

TEST_CASE("the first that is wrong is kept") {
  option_reader o(fields, "it", "a/"), other(fields, "it", "a/");
  o.refuse_value("none", ", not there");
  o.refuse("more");
  CHECK(o.failure->text == "it: \"a/none\" is missing, not there");
  other.refuse_value("f", "");
  o.take_failure(other);
  CHECK(o.failure->text == "it: \"a/none\" is missing, not there");
  option_reader third(fields, "it", "");
  third.take_failure(other);
  CHECK(third.failure->text == "it: \"a/f\" is false");
  CHECK(third.failure->code == file_error::malformed);
  CHECK(third.failure->offset == fields.offset_of("a/f"));
  CHECK(third.failure->offset != 0);
}
