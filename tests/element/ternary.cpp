// SPDX-License-Identifier: MIT
// Halftone tests: base-3 digits: every byte, every five levels, ties, and the real gguf package.
#include "element/code_intervals.hpp"

#include <halftone/element/ternary.hpp>

#include <doctest/doctest.h>

namespace {

using namespace halftone;

const std::string gguf_file = std::string(HALFTONE_SOURCE_DIR) + "/tests/golden/elements/gguf.txt";

std::uint8_t encoded(const std::vector<float>& values) {
  std::uint8_t byte = 77;
  ternary_base3::encode_unit(values, {&byte, 1}, {});
  return byte;
}
std::vector<float> decoded(std::uint8_t byte, std::size_t count) {
  std::vector<float> values(count, 77.0f);
  ternary_base3::decode_unit({&byte, 1}, values, {});
  return values;
}
std::vector<float> digits(std::uint32_t number, std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = count; i-- > 0; number /= 3) {
    values[i] = static_cast<float>(number % 3) - 1.0f;
  }
  return values;
}

}  // namespace

TEST_CASE("every five levels come back, and any shorter end") {
  std::uint32_t numbers = 1;
  for (std::size_t count = 1; count <= 5; ++count) {
    numbers *= 3;
    for (std::uint32_t number = 0; number < numbers; ++number) {
      const std::vector<float> levels = digits(number, count);
      CHECK(decoded(encoded(levels), count) == levels);
    }
  }
  CHECK(numbers == 243);
}

TEST_CASE("bytes are those of gguf: whole ones, the shorter ones of its end, and how any byte is read") {
  const auto five = code_intervals::from_file(gguf_file, "five trits");
  REQUIRE(five.size() == 243);
  for (const auto& one : five) {
    CHECK(encoded(digits(one.first, 5)) == one.code);
  }
  const auto four = code_intervals::from_file(gguf_file, "four trits");
  REQUIRE(four.size() == 81);
  for (const auto& one : four) {
    CHECK(encoded(digits(one.first, 4)) == one.code);
  }
  const auto bytes = code_intervals::from_file(gguf_file, "trits");
  REQUIRE(bytes.size() == 256);
  for (const auto& one : bytes) {
    CHECK(decoded(static_cast<std::uint8_t>(one.first), 5) == digits(one.code, 5));
  }
}

TEST_CASE("ties go away from zero, for every float") {
  const code_intervals::intervals list{{0, 1},
                                       {code_intervals::key_of(-code_intervals::infinity), 0},
                                       {code_intervals::key_of(-0.5f) + 1, 1},
                                       {code_intervals::key_of(0.5f), 2},
                                       {code_intervals::key_of(code_intervals::infinity) + 1, 1}};
  const auto result = code_intervals::check(
      list, [](float x) { return static_cast<std::uint32_t>(ternary_base3::level_of(x) + 1); });
  CAPTURE(result.first_bad);
  CHECK(result.wrong == 0);
  CHECK(result.count > (1u << 22));
}

TEST_CASE("two bits are an integer element") {
  CHECK(ternary::code_of(-1) == 3);
  CHECK(ternary::level_of(3) == -1);
  CHECK(ternary::decode(1) == 1.0f);
  CHECK(largest_level(ternary{}) == 1.0f);
}

TEST_CASE("a row of units takes a byte for five weights") {
  CHECK(ternary_base3::name() == "ternary_base3");
  CHECK(row_bytes_of<ternary_base3>(0) == 0);
  CHECK(row_bytes_of<ternary_base3>(1) == 1);
  CHECK(row_bytes_of<ternary_base3>(5) == 1);
  CHECK(row_bytes_of<ternary_base3>(256) == 52);
}
