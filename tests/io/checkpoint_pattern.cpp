// SPDX-License-Identifier: MIT
// Halftone tests: names by regular expressions, as Python matches them.
#include <halftone/io/checkpoint_pattern.hpp>

#include <doctest/doctest.h>

using halftone::detail::name_pattern;

namespace {
bool matches(std::string_view pattern, std::string_view name) {
  const auto parsed = name_pattern::parse(pattern);
  REQUIRE_MESSAGE(parsed.has_value(), std::string(pattern));
  return parsed->matches(name);
}
bool is_pattern(std::string_view pattern) { return name_pattern::parse(pattern).has_value(); }
}  // namespace

TEST_CASE("patterns of configurations") {
  CHECK(matches(".*lm_head", "model.lm_head"));
  CHECK(matches(".*lm_head", "model.lm_head.more"));  // only the beginning counts
  CHECK(!matches("lm_head", "model.lm_head"));
  CHECK(matches(R"(model\.layers\.\d+\.self_attn\.(q|k|v)_proj$)", "model.layers.17.self_attn.k_proj"));
  CHECK(!matches(R"(model\.layers\.\d+\.self_attn\.(q|k|v)_proj$)", "model.layers.17.self_attn.o_proj"));
  CHECK(!matches(R"(model\.layers\.\d+\.self_attn\.(q|k|v)_proj$)", "model.layers.17.self_attn.q_proj.x"));
  CHECK(!matches(R"(model\.layers)", "modelxlayers"));
  CHECK(matches("model.layers", "modelxlayers"));
  CHECK(matches(".*mlp.(gate|up|gate_up|down)_proj.*", "layers.3.mlp.gate_up_proj"));
  CHECK(matches("^vision", "vision_tower"));
  CHECK(!matches(".^vision", "vision_tower"));
}

TEST_CASE("what a pattern says") {
  CHECK(matches("", ""));
  CHECK(matches("a*", ""));
  CHECK(!matches("a+", ""));
  CHECK(matches("a+$", "aaa"));
  CHECK(!matches("a?$", "aa"));
  CHECK(matches("a??b", "ab"));
  CHECK(matches("(ab)*c", "ababc"));
  CHECK(matches("(?:ab)+c", "abc"));
  CHECK(!matches("(?:ab)+c", "c"));
  CHECK(matches("a|", "b"));
  CHECK(matches("(a|b|c)d", "cd"));
  CHECK(!matches("(a|b|c)d", "d"));
  CHECK(matches("[a-c_][^a-c]$", "_d"));
  CHECK(!matches("[a-c_][^a-c]$", "_a"));
  CHECK(matches("[]x]", "]"));
  CHECK(matches("[a-]-", "--"));
  CHECK(matches(R"([\d.]+$)", "1.5"));
  CHECK(matches(R"(\w\s\*)", "Z *"));
  CHECK(!matches(R"(\w)", "."));
  CHECK(matches("\xc3\xa4", "\xc3\xa4"));
  CHECK(!matches(".", "\n"));
  CHECK(matches("(a*)*$", "aaa"));
  CHECK(!matches("$a", "a"));
  CHECK(!matches("ab", "a"));
}

TEST_CASE("time is linear where others go back") {
  const std::string name(256, 'a');
  CHECK(!matches("(a*)*(a*)*(a*)*b", name));
  CHECK(!matches("(a|a)*(a|a)*b", name));
}

TEST_CASE("refused") {
  for (const char* text : {"a**", "a++", "a*+", "a{2}", "a*{2}", "{", "*", "+a", "?", "(", "(a", "a)", "[", "[a", "[]", "(?!a)", "(?=a)", "(?P<n>a)",
                           "(?i)a", "\\", "\\1", "\\b", "\\D", "[z-a]", "[a-\\d]", "[\\q]", "[\xc3\xa4]", "^*", "$+", "a|(", "(?"}) {
    CHECK_MESSAGE(!is_pattern(text), text);
  }
  CHECK(is_pattern(std::string(name_pattern::longest, 'a')));
  CHECK(!is_pattern(std::string(name_pattern::longest + 1, 'a')));
  CHECK(is_pattern(std::string(16, '(') + std::string(16, ')')));
  CHECK(!is_pattern(std::string(17, '(') + std::string(17, ')')));
}
