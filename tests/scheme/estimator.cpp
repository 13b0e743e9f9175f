// SPDX-License-Identifier: MIT
// Halftone tests: the range of a group, min-max, and how a value becomes a code.
#include <halftone/element/codebook.hpp>
#include <halftone/scheme/asymmetric.hpp>
#include <halftone/scheme/estimator.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <array>
#include <initializer_list>
#include <limits>
#include <vector>

namespace {

using namespace halftone;

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

using unsigned4 = scheme<uint4, asymmetric, per_tensor>;
using offset4 = scheme<uint4, float_offset, per_tensor>;
using signed4 = scheme<int4, symmetric, per_tensor>;

struct wrong_result {
  template <class Scheme>
  float fit(std::span<const float>, const Scheme&) const { return 0.0f; }
};
static_assert(estimator_for<min_max, signed4> && !estimator_for<wrong_result, signed4> && !estimator_for<int, signed4>);

template <class Scheme>
std::int32_t level(float x, const group_parameters& p) {
  return Scheme::element_type::level_of(encode_value(x, p, reciprocal_of_scale(p.scale), Scheme{}, 0));
}

}  // namespace

TEST_CASE("the range of values, in any order, of one and of none") {
  const std::array<float, 5> values{3.0f, -7.0f, 0.0f, 9.5f, 1.0f};
  CHECK(range_of(values).min == -7.0f);
  CHECK(range_of(values).max == 9.5f);
  CHECK(range_of(std::span(values).first(1)).min == 3.0f);
  CHECK(range_of(std::span(values).first(1)).max == 3.0f);
  CHECK(range_of({}).min == 0.0f);
  CHECK(range_of({}).max == 0.0f);
}

TEST_CASE("min_max is the mapping of the range") {
  const std::array<float, 4> values{3.0f, -6.0f, 0.5f, 9.0f};
  CHECK(min_max{}.fit(values, unsigned4{}) == asymmetric::choose({-6.0f, 9.0f}, uint4{}));
  CHECK(min_max{}.fit(values, signed4{}).scale == 9.0f / 7.0f);
  CHECK(min_max{}.fit({}, signed4{}).scale == 0.0f);
}

TEST_CASE("values beyond the codes saturate, infinities too, and NaN counts as zero") {
  const group_parameters p{.scale = 0.5f, .zero_point = 6};
  CHECK(level<unsigned4>(1e30f, p) == 15);
  CHECK(level<unsigned4>(-1e30f, p) == 0);
  CHECK(level<unsigned4>(infinity, p) == 15);
  CHECK(level<unsigned4>(-infinity, p) == 0);
  CHECK(level<unsigned4>(not_a_number, p) == 6);
  CHECK(level<signed4>(infinity, p) == 7);
  CHECK(level<signed4>(-infinity, p) == -8);
  CHECK(level<signed4>(not_a_number, p) == 0);
}

TEST_CASE("a negative scale turns the codes around") {
  const group_parameters p{.scale = -0.5f};
  CHECK(level<signed4>(2.0f, p) == -4);
  CHECK(level<signed4>(4.0f, p) == -8);
  CHECK(level<signed4>(-4.0f, p) == 7);
}

TEST_CASE("a zero or subnormal scale gives the level of zero") {
  CHECK(level<signed4>(3.0f, {.scale = 0.0f}) == 0);
  CHECK(level<signed4>(3.0f, {.scale = 0x1p-130f}) == 0);
  CHECK(level<unsigned4>(3.0f, {.scale = 0.0f, .zero_point = 9}) == 9);
  CHECK(level<offset4>(3.0f, {.scale = 0.0f, .offset = 1.0f}) == 0);
}

TEST_CASE("the offset is taken off before the scaling, the zero point added after the rounding") {
  CHECK(level<offset4>(2.0f, {.scale = 0.25f, .offset = 1.0f}) == 4);
  CHECK(level<offset4>(0.0f, {.scale = 0.25f, .offset = 1.0f}) == 0);
  CHECK(level<unsigned4>(0.25f, {.scale = 0.5f, .zero_point = 5}) == 5);  // 1/2: tie to even before 5 is added
  CHECK(level<unsigned4>(0.75f, {.scale = 0.5f, .zero_point = 5}) == 7);
}

TEST_CASE("every level comes back from its own real number") {
  for (const float scale : {0.1f, -0.37f, 3.0f, 0x1p-100f, 0x1.23456p90f}) {
    for (std::int32_t zero = 0; zero <= 15; ++zero) {
      const group_parameters p{.scale = scale, .zero_point = zero};
      for (std::int32_t l = 0; l <= 15; ++l) {
        CHECK(level<unsigned4>(real_of_level<equation::scaled_zero_point>(static_cast<float>(l), p), p) == l);
      }
    }
  }
}

TEST_CASE("table elements take the scaled value, unscaled ones the value itself") {
  const scheme<runtime_codebook<1>, symmetric, per_tensor> s{.element = {{-1.0f, 1.0f}}};
  CHECK(encode_value(-0.01f, {.scale = 4.0f}, 0.25f, s, 0) == 0);
  CHECK(encode_value(0.01f, {.scale = 4.0f}, 0.25f, s, 0) == 1);
  CHECK(encode_value(1.5f, {.scale = 4.0f}, 0.25f, float16{}, 0) == fp16::encode(1.5f));
}

TEST_CASE("the rounding policy sees the index of the weight") {
  using random4 = scheme<int4, symmetric, per_tensor, stochastic<9>>;
  std::size_t ups = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const std::uint32_t code = encode_value(0.5f, {.scale = 1.0f}, 1.0f, random4{}, i);
    CHECK(static_cast<float>(code) == stochastic<9>::round(0.5f, i));
    ups += code;
  }
  CHECK(ups > 400);
  CHECK(ups < 600);
}
