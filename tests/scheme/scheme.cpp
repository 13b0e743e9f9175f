// SPDX-License-Identifier: MIT
// Halftone tests: a scheme sorts its options, names itself, and takes no room for empty policies.
#include <halftone/element/codebook.hpp>
#include <halftone/element/integer.hpp>
#include <halftone/scheme/asymmetric.hpp>
#include <halftone/scheme/scheme.hpp>
#include <halftone/scheme/symmetric.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace {

using namespace halftone;

using plain = scheme<int4, symmetric, per_group<32>>;
static_assert(std::is_same_v<plain::rounding_type, nearest_even>);
static_assert(std::is_same_v<plain::scale_storage, stored_as<fp32>>);
static_assert(std::is_same_v<plain::offset_storage, stored_as<fp32>>);

using rounding_first = scheme<uint4, float_offset, per_group<32>, nearest_up, stored_as<fp16>, stored_as<bf16>>;
using rounding_last = scheme<uint4, float_offset, per_group<32>, stored_as<fp16>, stored_as<bf16>, nearest_up>;
using rounding_between = scheme<uint4, float_offset, per_group<32>, stored_as<fp16>, nearest_up, stored_as<bf16>>;

template <class S>
constexpr bool sorted = std::is_same_v<typename S::rounding_type, nearest_up> &&
                        std::is_same_v<typename S::scale_storage, stored_as<fp16>> &&
                        std::is_same_v<typename S::offset_storage, stored_as<bf16>>;
static_assert(sorted<rounding_first> && sorted<rounding_last> && sorted<rounding_between>);

using one_storage = scheme<uint4, float_offset, per_group<32>, stored_as<fp16>>;
static_assert(std::is_same_v<one_storage::offset_storage, stored_as<fp16>>);

static_assert(!plain::has_zero_point && !plain::has_offset && plain::has_scale);
static_assert(scheme<uint4, asymmetric, per_tensor>::has_zero_point);
static_assert(rounding_first::has_offset && !rounding_first::has_zero_point);
static_assert(!scheme<fp16, unscaled, per_tensor>::has_scale);

static_assert(scheme_type<plain> && !scheme_type<int4> && !scheme_type<const int>);
static_assert(std::is_empty_v<plain>);

template <class Element, class Mapping>
concept makes_a_scheme = requires { typename scheme<Element, Mapping, per_tensor>; };
static_assert(makes_a_scheme<int4, symmetric> && !makes_a_scheme<uint4, symmetric> && !makes_a_scheme<int, symmetric> &&
              !makes_a_scheme<int4, int>);

}  // namespace

TEST_CASE("a scheme's name lists every policy that matters") {
  CHECK(plain::name() == "scheme<int4,symmetric,per_group<32>,nearest_even,stored_as<fp32>>");
  CHECK(rounding_last::name() ==
        "scheme<uint4,float_offset,per_group<32>,nearest_up,stored_as<fp16>,stored_as<bf16>>");
  CHECK(rounding_first::name() == rounding_between::name());
  CHECK(scheme<bf16, unscaled, per_tensor>::name() == "scheme<bf16,unscaled,per_tensor,nearest_even>");
  CHECK(scheme<uint8, asymmetric, per_block<2, 4>, quantized_again<plain>>::name() ==
        "scheme<uint8,asymmetric,per_block<2,4>,nearest_even,quantized_again<" + plain::name() + ">>");
}

TEST_CASE("a scheme is a value where a policy holds data") {
  const scheme<runtime_codebook<1>, symmetric, per_tensor> s{.element = {{-2.0f, 3.0f}}};
  CHECK(s.element.decode(1) == 3.0f);
  CHECK(largest_level(s.element) == 3.0f);
}
