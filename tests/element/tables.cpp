// SPDX-License-Identifier: MIT
// Halftone tests: published tables: every code, the nearest entry for all deciding floats, and the real bitsandbytes package.
#include "element/code_intervals.hpp"

#include <halftone/element/tables.hpp>

#include <doctest/doctest.h>

namespace {

using namespace halftone;

const std::string bitsandbytes_file = std::string(HALFTONE_SOURCE_DIR) + "/tests/golden/elements/bitsandbytes.txt";

template <class Element>
void is_nearest(bool ties_up) {
  std::vector<float> values;
  for (std::uint32_t code = 0; code < 1u << Element::bits; ++code) {
    values.push_back(Element::decode(code));
  }
  const auto list = code_intervals::nearest_of(values, ties_up);
  const auto result = code_intervals::check(list, [](float x) { return Element::encode(x); });
  CAPTURE(Element::name());
  CAPTURE(result.first_bad);
  CAPTURE(result.first_code);
  CHECK(result.wrong == 0);
  CHECK(result.count > (1u << 22));
  // A double beside a midpoint is not rounded to it first.
  for (std::size_t i = 2; i + 1 < list.size(); ++i) {
    const auto first = static_cast<double>(code_intervals::float_of(list[i].first));
    const auto last = static_cast<double>(code_intervals::float_of(list[i].first - 1));
    CHECK(Element::encode(first) == list[i].code);
    CHECK(Element::encode(ties_up ? std::nextafter(first, -1e30) : std::nextafter(last, 1e30)) ==
          list[ties_up ? i - 1 : i].code);
  }
}

void has_the_values_of_the_file(const std::string& name, std::uint32_t count, float (*decode)(std::uint32_t)) {
  const auto table = code_intervals::from_file(bitsandbytes_file, "table " + name);
  REQUIRE(table.size() == count);
  for (const auto& one : table) {
    CHECK(std::bit_cast<std::uint32_t>(decode(one.first)) == one.code);
  }
}

}  // namespace

TEST_CASE("every float takes the nearest entry") {
  is_nearest<nf4>(false);
  is_nearest<fp4_bnb>(false);
  is_nearest<iq4_nl>(true);
  is_nearest<binary>(true);
}

TEST_CASE("nf4 and fp4 are bitsandbytes' floats") {
  has_the_values_of_the_file("nf4", 16, [](std::uint32_t code) { return nf4::decode(code); });
  has_the_values_of_the_file("fp4", 16, [](std::uint32_t code) { return fp4_bnb::decode(code); });
}

// On a CPU the package compares distances, on a GPU midpoints that are rounded to float: they differ for one float where the
// rounded midpoint lies above the mean. Here the midpoints decide.
TEST_CASE("nf4 changes where bitsandbytes does") {
  const auto theirs = code_intervals::from_file(bitsandbytes_file, "first nf4");
  REQUIRE(theirs.size() == 15);
  for (const auto& one : theirs) {
    const double mean = (static_cast<double>(nf4::decode(one.code - 1)) + static_cast<double>(nf4::decode(one.code))) / 2;
    const bool rounded_up = static_cast<double>(static_cast<float>(mean)) > mean;
    const std::uint32_t first = one.first + (rounded_up ? 1 : 0);
    CHECK(nf4::encode(code_intervals::float_of(first)) == one.code);
    CHECK(nf4::encode(code_intervals::float_of(first - 1)) == one.code - 1);
  }
}

TEST_CASE("iq4_nl is the gguf package's table") {
  const auto table = code_intervals::from_file(std::string(HALFTONE_SOURCE_DIR) + "/tests/golden/elements/gguf.txt", "table iq4_nl");
  REQUIRE(table.size() == 16);
  for (const auto& one : table) {
    CHECK(std::bit_cast<std::uint32_t>(iq4_nl::decode(one.first)) == one.code);
  }
}

TEST_CASE("codes come back from their values; of two zeros the first") {
  for (std::uint32_t code = 0; code < 16; ++code) {
    CHECK(nf4::encode(nf4::decode(code)) == code);
    CHECK(iq4_nl::encode(iq4_nl::decode(code)) == code);
    CHECK(fp4_bnb::encode(fp4_bnb::decode(code)) == (code == 8 ? 0 : code));
  }
  CHECK(binary::decode(0) == -1.0f);
  CHECK(binary::encode(-0.0f) == 1);
  CHECK(binary::encode(-1e-40f) == 0);
  CHECK(binary::encode(std::numeric_limits<float>::quiet_NaN()) == 1);
}

TEST_CASE("names, widths and largest values") {
  CHECK(nf4::name() == "codebook<nf4>");
  CHECK(fp4_bnb::name() == "unordered_codebook<fp4_bnb>");
  CHECK(iq4_nl::name() == "codebook<iq4_nl>");
  CHECK(binary::name() == "codebook<binary>");
  CHECK(nf4::largest() == 1.0f);
  CHECK(fp4_bnb::largest() == 1.0f);
  CHECK(iq4_nl::largest() == 127.0f);
  CHECK(binary::bits == 1);
}
