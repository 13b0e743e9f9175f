// SPDX-License-Identifier: MIT
// Halftone tests: small floats decode every code exactly and encode to nearest, ties to even: against the definition in double,
// and against what ml_dtypes makes of all floats.
#include "element/minifloat_formats.hpp"

#include <halftone/element/float_storage.hpp>
#include <halftone/element/minifloat.hpp>

#include <doctest/doctest.h>

#include <set>
#include <tuple>

namespace {

using namespace halftone;
using namespace minifloat_formats;

const std::string ml_dtypes_file = std::string(HALFTONE_SOURCE_DIR) + "/tests/golden/elements/ml_dtypes.txt";

template <class Element>
void decodes_every_code() {
  const format f = format_of<Element>();
  std::size_t wrong = 0;
  for (std::uint32_t code = 0; code < 1u << f.bits(); ++code) {
    const float value = Element::decode(code);
    const double expected = f.decoded(code);
    wrong += std::isnan(expected) ? !std::isnan(value)
                                  : static_cast<double>(value) != expected || std::signbit(value) != std::signbit(expected);
    const float same = Element::decode(code | ~((1u << f.bits()) - 1));  // higher bits are ignored
    wrong += std::bit_cast<std::uint32_t>(same) != std::bit_cast<std::uint32_t>(value);
  }
  CHECK(wrong == 0);
}

/// The same for doubles: both sides of every interval, where going by float would round twice.
template <class Element>
void encodes_doubles_once() {
  const format f = format_of<Element>();
  const std::vector<format::limit> limits = f.limits();
  std::size_t wrong = 0;
  const auto check = [&](double x) {
    const std::uint32_t expected = f.encoded(x, limits);
    wrong += Element::encode(x) != expected;
    wrong += Element::encode(-x) != f.negated(expected);
  };
  const std::vector<number> numbers = f.magnitudes();
  for (std::size_t i = 0; i + 1 < numbers.size(); ++i) {
    const double middle = (numbers[i].value + numbers[i + 1].value) / 2;
    const double beyond = std::numeric_limits<double>::infinity();
    for (const double x : {numbers[i].value, middle, numbers.back().value}) {
      check(x);
      check(std::nextafter(x, beyond));
      check(std::max(std::nextafter(x, -beyond), 0.0));
      check(x * (1 + 0x1p-40));
      check(x * (1 - 0x1p-40));
    }
  }
  for (std::uint64_t i = 0; i < 50'000; ++i) {
    const double x = std::bit_cast<double>(random_bits(3, i) & 0x7fffffffffffffffu);
    check(std::isnan(x) ? 1.0 : x);
    check(std::ldexp(static_cast<double>(random_bits(4, i)), static_cast<int>(i % 60) - 100));
  }
  for (const double x : {0.0, std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::max(),
                         std::numeric_limits<double>::infinity()}) {
    check(x);
  }
  CHECK(wrong == 0);
  CHECK(Element::encode(std::numeric_limits<double>::quiet_NaN()) == f.nan_code(false));
  CHECK(Element::encode(std::bit_cast<double>(0xfff0000000000001u)) == f.nan_code(true));
}

/// Every code of a half has one code here, whether it comes as a float or as a double.
template <class Element, class Half>
void encodes_halves_once() {
  const format f = format_of<Element>();
  const std::vector<format::limit> limits = f.limits();
  std::size_t wrong = 0;
  for (std::uint32_t code = 0; code < 0x8000u; ++code) {
    const float x = Half::decode(code);
    if (!std::isnan(x)) {
      wrong += Element::encode(x) != f.encoded(static_cast<double>(x), limits);
    }
  }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE_TEMPLATE("every code of a small float decodes to its value", Element, HALFTONE_MINIFLOATS) {
  decodes_every_code<Element>();
}

TEST_CASE_TEMPLATE("a small float encodes to nearest even", Element, HALFTONE_MINIFLOATS) {
  const code_intervals::tally result =
      code_intervals::check(format_of<Element>().all_floats(), [](float x) { return Element::encode(x); });
  CAPTURE(Element::name());
  CAPTURE(result.first_bad);
  CAPTURE(result.first_code);
  CHECK(result.wrong == 0);
  CHECK(result.count > (1u << 22));
}

TEST_CASE_TEMPLATE("doubles and halves are rounded once", Element, HALFTONE_MINIFLOATS) {
  encodes_doubles_once<Element>();
  encodes_halves_once<Element, fp16>();
  encodes_halves_once<Element, bf16>();
}

TEST_CASE("a double next to a tie does not become the tie first") {
  CHECK(fp4_e2m1::encode(2.5 + 0x1p-50) == 5);
  CHECK(fp4_e2m1::encode(static_cast<float>(2.5 + 0x1p-50)) == 4);
  CHECK(fp8_e4m3fn::encode(1.0625 + 0x1p-40) == 0x39);
  CHECK(fp8_e4m3fn::encode(0x1p-10 + 0x1p-60) == 1);
  CHECK(fp8_e4m3fn::encode(0x1p-10) == 0);
}

TEST_CASE_TEMPLATE("every code comes back from its value", Element, HALFTONE_MINIFLOATS) {
  for (std::uint32_t code = 0; code < 1u << Element::bits; ++code) {
    const float value = Element::decode(code);
    if (!std::isnan(value)) {
      CHECK(Element::encode(value) == code);
      CHECK(Element::encode(static_cast<double>(value)) == code);
    } else {
      CHECK(std::isnan(Element::decode(Element::encode(value))));
    }
  }
}

// ml_dtypes makes NaN of what overflows, or infinity; what has neither saturates, and NaN becomes minus zero there, which is
// plus zero here.
TEST_CASE_TEMPLATE_DEFINE("all floats encode as in ml_dtypes", Pair, as_in_ml_dtypes) {
  using Element = typename Pair::element;
  const code_intervals::intervals theirs = code_intervals::from_file(ml_dtypes_file, std::string("encode ") + Pair::name);
  REQUIRE(theirs.size() > 16);
  const format f = format_of<Element>();
  std::size_t wrong = 0;
  const auto compare = [&](std::uint32_t key) {
    const float x = code_intervals::float_of(key);
    const std::uint32_t expected = std::isnan(x) && f.special == special_values::none ? 0u : code_intervals::code_at(theirs, key);
    wrong += Element::encode(x) != expected;
  };
  for (const auto& one : theirs) {
    compare(one.first);
    compare(one.first - 1);
  }
  // The intervals of the definition, which `encode` is compared with elsewhere, begin where theirs do.
  for (const auto& one : f.all_floats()) {
    compare(one.first);
    compare(one.first - 1);
  }
  CHECK(wrong == 0);

  const code_intervals::intervals values = code_intervals::from_file(ml_dtypes_file, std::string("decode ") + Pair::name);
  REQUIRE(values.size() == 1u << Element::bits);
  for (const auto& one : values) {
    const float value = Element::decode(one.first);
    CHECK((std::isnan(value) ? 0x7fc00000u : std::bit_cast<std::uint32_t>(value)) == one.code);
  }
}
namespace {
struct e4m3fn { using element = fp8_e4m3fn_overflowing; static constexpr const char* name = "float8_e4m3fn"; };
struct e4m3fnuz { using element = fp8_e4m3fnuz_overflowing; static constexpr const char* name = "float8_e4m3fnuz"; };
struct e5m2 { using element = fp8_e5m2_overflowing; static constexpr const char* name = "float8_e5m2"; };
struct e5m2fnuz { using element = fp8_e5m2fnuz_overflowing; static constexpr const char* name = "float8_e5m2fnuz"; };
struct e3m2 { using element = fp6_e3m2; static constexpr const char* name = "float6_e3m2fn"; };
struct e2m3 { using element = fp6_e2m3; static constexpr const char* name = "float6_e2m3fn"; };
struct e2m1 { using element = fp4_e2m1; static constexpr const char* name = "float4_e2m1fn"; };
}  // namespace
TEST_CASE_TEMPLATE_INVOKE(as_in_ml_dtypes, e4m3fn, e4m3fnuz, e5m2, e5m2fnuz, e3m2, e2m3, e2m1);

TEST_CASE("fp4 is what the gguf package reads of MXFP4, whose minus zero is zero") {
  const auto table = code_intervals::from_file(std::string(HALFTONE_SOURCE_DIR) + "/tests/golden/elements/gguf.txt", "table mxfp4");
  REQUIRE(table.size() == 16);
  for (const auto& one : table) {
    CHECK(fp4_e2m1::decode(one.first) == std::bit_cast<float>(one.code));
  }
}

TEST_CASE("saturation: too much is the largest, infinity stays where there is one") {
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(fp8_e4m3fn::encode(449.0f) == 0x7e);
  CHECK(fp8_e4m3fn::encode(-infinity) == 0xfe);
  CHECK(fp8_e4m3fnuz::encode(infinity) == 0x7f);
  CHECK(fp8_e5m2::encode(1e9f) == 0x7b);
  CHECK(fp8_e5m2::encode(infinity) == 0x7c);
  CHECK(fp8_e5m2_overflowing::encode(1e9f) == 0x7c);
  CHECK(fp8_e4m3fn_overflowing::encode(464.0f) == 0x7e);  // the middle of 448 and the 480 that would follow: to even
  CHECK(fp8_e4m3fn_overflowing::encode(464.1f) == 0x7f);
  CHECK(fp8_e4m3fnuz_overflowing::encode(-1e9f) == 0x80);
  CHECK(fp4_e2m1::encode(-infinity) == 0xf);
}

TEST_CASE("zeros and NaN") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(fp8_e4m3fn::encode(-0.0f) == 0x80);
  CHECK(fp8_e4m3fnuz::encode(-0.0f) == 0);
  CHECK(fp8_e5m2fnuz::encode(-1e-30f) == 0);  // no minus zero: its code is NaN
  CHECK(fp4_e2m1::encode(-0.1f) == 8);
  CHECK(fp4_e2m1::encode(nan) == 0);
  CHECK(fp6_e3m2::encode(-nan) == 0);
  CHECK(fp8_e4m3fn::encode(nan) == 0x7f);
  CHECK(fp8_e5m2::encode(nan) == 0x7e);
  CHECK(fp8_e5m2fnuz::encode(nan) == 0x80);
}

TEST_CASE("names, widths and ends") {
  CHECK(fp8_e4m3fn::name() == "fp8_e4m3fn");
  CHECK(fp8_e4m3fnuz::name() == "fp8_e4m3fnuz");
  CHECK(fp8_e5m2::name() == "fp8_e5m2");
  CHECK(fp8_e5m2fnuz::name() == "fp8_e5m2fnuz");
  CHECK(fp6_e3m2::name() == "fp6_e3m2");
  CHECK(fp6_e2m3::name() == "fp6_e2m3");
  CHECK(fp4_e2m1::name() == "fp4_e2m1");
  CHECK(fp8_e5m2_overflowing::name() == "fp8_e5m2_overflowing");
  std::set<std::string> names;
  std::size_t count = 0;
  const auto add = [&]<class... Elements>(std::tuple<Elements...>) {
    (names.insert(Elements::name()), ...);
    count += sizeof...(Elements);
  };
  add(std::tuple<HALFTONE_MINIFLOATS>{});
  CHECK(names.size() == count);
  CHECK(fp8_e4m3fn::smallest() == 0x1p-9f);
  CHECK(fp8_e4m3fn::smallest_normal() == 0x1p-6f);
  CHECK(fp8_e5m2fnuz::smallest() == 0x1p-17f);
  CHECK(fp6_e2m3::smallest() == 0.125f);
}
