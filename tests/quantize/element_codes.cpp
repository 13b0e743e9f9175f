// SPDX-License-Identifier: MIT
// Loops over values, computed in lanes, give the codes that each element's definition gives: for every deciding float, and for
// all 2^32 of them where the environment says HALFTONE_EXHAUSTIVE=1.
#include "element/minifloat_formats.hpp"
#include "element/power_intervals.hpp"

#include <halftone/element/dynamic_map.hpp>
#include <halftone/element/integer.hpp>
#include <halftone/element/tables.hpp>
#include <halftone/element/ternary.hpp>
#include <halftone/quantize/row_encoder.hpp>
#include <halftone/scheme/symmetric.hpp>

#include <doctest/doctest.h>

using namespace halftone;

namespace {

using code_intervals::intervals;

/// Levels at nearest, ties to even; NaN is 0.
template <class Element>
intervals integers() {
  intervals list{{0, Element::code_of(0)}, {code_intervals::key_of(-code_intervals::infinity), Element::code_of(Element::min)}};
  for (std::int32_t level = Element::min + 1; level <= Element::max; ++level) {
    const double middle = level - 0.5;
    list.push_back({level % 2 == 0 ? code_intervals::key_from(middle) : code_intervals::key_above(middle),
                    Element::code_of(level)});
  }
  list.push_back({code_intervals::key_of(code_intervals::infinity) + 1, Element::code_of(0)});
  return list;
}

template <class Element>
intervals expected() {
  if constexpr (uniform_element<Element>) {
    return integers<Element>();
  } else if constexpr (requires { Element::only_positive; }) {
    return power_intervals::all_floats(Element::name() == "e8m0_floor"  ? power_rounding::floor
                                       : Element::name() == "e8m0_ceil" ? power_rounding::ceil
                                                                        : power_rounding::nearest);
  } else if constexpr (requires { minifloat_formats::format_of<Element>(); }) {
    return minifloat_formats::format_of<Element>().all_floats();
  } else {
    std::vector<float> values;
    for (std::uint32_t code = 0; code < 1u << Element::bits; ++code) {
      values.push_back(Element::decode(code));
    }
    return code_intervals::nearest_of(values, std::is_same_v<Element, iq4_nl> || std::is_same_v<Element, binary>);
  }
}

/// Runs of floats, their codes computed by the kernel and compared in turn.
template <class Element>
class comparison {
  static constexpr std::size_t block = 4099;  // lanes, and some that are left over
  static constexpr std::uint32_t mask = (1u << Element::bits) - 1;

 public:
  std::uint64_t count = 0;
  std::uint64_t wrong = 0;

  void add(std::uint32_t key, std::uint32_t code) {
    values_[held_] = code_intervals::float_of(key);
    codes_[held_++] = static_cast<std::uint8_t>(code);
    if (held_ == block) {
      finish();
    }
  }
  void finish() {
    std::uint8_t codes[block];
    const scheme<Element, unscaled, per_tensor> s{};
    encode_run<default_arch, value_kind::any>(values_, held_, {}, 1.0f, s, 0, codes);
    for (std::size_t i = 0; i < held_; ++i) {
      wrong += (codes[i] & mask) != codes_[i] ? 1u : 0u;
    }
    count += held_;
    held_ = 0;
  }

 private:
  std::size_t held_ = 0;
  float values_[block];
  std::uint8_t codes_[block];
};

/// Every interval's ends, then keys in steps.
template <class Element>
void compare(std::uint64_t step) {
  const intervals list = expected<Element>();
  comparison<Element> result;
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::uint64_t end = i + 1 < list.size() ? list[i + 1].first : std::uint64_t{1} << 32;
    for (const std::uint64_t near : {std::uint64_t{list[i].first}, std::uint64_t{list[i].first} + 1, end - 2, end - 1}) {
      if (near >= list[i].first && near < end) {
        result.add(static_cast<std::uint32_t>(near), list[i].code);
      }
    }
    for (; key < end; key += step) {
      result.add(static_cast<std::uint32_t>(key), list[i].code);
    }
  }
  result.finish();
  CAPTURE(Element::name());
  CHECK(result.wrong == 0);
  CHECK(result.count > (std::uint64_t{1} << 32) / step);
}

}  // namespace

TEST_CASE_TEMPLATE("lanes encode as the element is defined", Element, HALFTONE_MINIFLOATS, e8m0_floor, e8m0_ceil, e8m0_nearest, nf4,
                   fp4_bnb, iq4_nl, binary, dynamic8, dynamic8_unsigned, int8, uint8, int4, uint3, ternary) {
  compare<Element>(code_intervals::exhaustive() ? 1 : 1021);
}
