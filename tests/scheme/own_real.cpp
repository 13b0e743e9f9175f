// SPDX-License-Identifier: MIT
// Halftone tests: a mapping's own real(level, parameters) is the scheme's; codes are still chosen by the equation.
#include "scheme/own_real.hpp"

#include <halftone/core/random.hpp>
#include <halftone/scheme/estimator.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace {

using namespace halftone;

template <class Mapping>
using in_groups = scheme<uint4, Mapping, per_group<32>>;

static_assert(in_groups<own_real::difference_first>::has_own_real && in_groups<own_real::difference_last>::has_own_real);
static_assert(!in_groups<float_offset>::has_own_real && !in_groups<asymmetric>::has_own_real &&
              !in_groups<own_real::real_in_double>::has_own_real);

/// Ranges of groups, of both signs and of one.
std::array<range, 200> ranges() {
  std::array<range, 200> all;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const float a = random_unit(1, i) * 2.0f - 1.0f;
    const float b = random_unit(2, i) * 2.0f - 1.0f;
    all[i] = {std::min(a, b), std::max(a, b)};
  }
  return all;
}

/// Compares a scheme with its own reals to the one whose reals the equation gives.
template <class Mapping, class Plain>
void check() {
  const in_groups<Mapping> own{};
  const in_groups<Plain> plain{};
  std::size_t other_bits = 0;
  for (const range r : ranges()) {
    const group_parameters p = own.mapping.choose(r, uint4{});
    CHECK(p == plain.mapping.choose(r, uint4{}));
    const float largest = std::max(std::abs(r.min), std::abs(r.max));
    for (std::uint32_t code = 0; code < 16; ++code) {
      const float level = uint4::decode(code);
      const float real = own.real(level, p);
      CHECK(real == Mapping::real(level, p));
      // At most three roundings of numbers up to twice the largest weight, plus the one of the equation.
      CHECK(std::abs(real - plain.real(level, p)) <= 8 * 0x1p-24f * largest);
      other_bits += real != plain.real(level, p) ? 1u : 0u;
    }
    for (int i = -4; i <= 20; ++i) {
      const float x = r.min + (r.max - r.min) * (static_cast<float>(i) / 16.0f);
      const float reciprocal = reciprocal_of_scale(p.scale);
      CHECK(encode_value(x, p, reciprocal, own, 0) == encode_value(x, p, reciprocal, plain, 0));
    }
  }
  CHECK(other_bits > 100);  // the two orders are told apart
}

}  // namespace

TEST_CASE("reals of a float zero in HQQ's order") { check<own_real::difference_first, float_offset>(); }

TEST_CASE("reals of two products") { check<own_real::difference_last, asymmetric>(); }

TEST_CASE("a constant group has its own real, too") {
  const in_groups<own_real::difference_first> s{};
  const group_parameters p = s.mapping.choose({-0.3f, -0.3f}, uint4{});
  CHECK(p.scale == 0.0f);
  CHECK(s.real(9.0f, p) == -0.3f);
}

TEST_CASE("a real that returns another type is not used") {
  const in_groups<own_real::real_in_double> s{};
  CHECK(s.real(3.0f, {.scale = 0.5f, .zero_point = 1}) == 1.0f);
}
