// SPDX-License-Identifier: MIT
// Halftone tests: rules of targets in order, and when two planes hold the same.
#include <halftone/format/target/rules.hpp>

#include <halftone/element/exponent.hpp>
#include <halftone/element/integer.hpp>
#include <halftone/element/minifloat.hpp>
#include <halftone/scheme/asymmetric.hpp>
#include <halftone/scheme/symmetric.hpp>

#include <doctest/doctest.h>

using namespace halftone;

namespace {

struct own_target {  // a system of the reader
  static constexpr std::string_view name() { return "mine"; }
  struct mine_has_int8 {
    static constexpr std::string_view text = "mine: elements are int8";
    template <class S>
    static constexpr bool holds = target::detail::is_integer<typename S::element_type, 8, true>;
  };
  struct mine_has_one_scale {
    static constexpr std::string_view text = "mine: there is one scale";
    template <class S>
    static constexpr bool holds = std::same_as<typename S::granularity_type, per_tensor>;
  };
  using rules = target::rule_list<mine_has_int8, mine_has_one_scale>;
};

template <class Element, class Granularity = per_tensor, class... Options>
using symmetric_of = scheme<Element, symmetric, Granularity, Options...>;

}  // namespace

TEST_CASE("the first broken rule is the reason") {
  CHECK(why_not<own_target, symmetric_of<int8>>().empty());
  CHECK(why_not<own_target, symmetric_of<int4, per_channel<0>>>() == "mine: elements are int8");
  CHECK(why_not<own_target, symmetric_of<int8, per_channel<0>>>() == "mine: there is one scale");
  static_assert(accepted_by<own_target, symmetric_of<int8_narrow>>);
  static_assert(!accepted_by<own_target, symmetric_of<int8, per_channel<0>>>);
  static_assert(!accepted_by<own_target, int>);
}

TEST_CASE("elements by their values") {
  using target::detail::same_values;
  CHECK(same_values<int4_narrow, int4>());
  CHECK(!same_values<int4, int4_narrow>());
  CHECK(!same_values<uint4, int4>());
  CHECK(same_values<fp8_e4m3fn_overflowing, fp8_e4m3fn>());
  CHECK(!same_values<fp8_e5m2, fp8_e4m3fn>());
  CHECK(same_values<e8m0_ceil, e8m0_floor>());
  CHECK(!same_values<fp4_e2m1, int4>());
  CHECK(!same_values<fp16, bf16>());
}

TEST_CASE("planes by what they hold") {
  using target::detail::same_planes;
  using one = symmetric_of<int4, per_group<32>, stored_as<fp16>>;
  CHECK(same_planes<one, scheme<int4_narrow, symmetric_signed_extreme, per_group<32>, nearest_away, by_division, stored_as<fp16>>>() == false);
  CHECK(same_planes<scheme<int4_narrow, symmetric_signed_extreme, per_group<32>, nearest_away, by_division, stored_as<fp16>>, one>());
  CHECK(!same_planes<symmetric_of<int4, per_group<64>, stored_as<fp16>>, one>());
  CHECK(!same_planes<symmetric_of<int4, per_group<32>>, one>());
  CHECK(!same_planes<scheme<uint4, asymmetric, per_group<32>, stored_as<fp16>>, one>());
  using nested = symmetric_of<int4, per_group<32>, quantized_again<symmetric_of<int8, per_group<8>>>>;
  CHECK(same_planes<nested, nested>());
  CHECK(!same_planes<nested, symmetric_of<int4, per_group<32>, quantized_again<symmetric_of<int8, per_group<16>>>>>());
}
