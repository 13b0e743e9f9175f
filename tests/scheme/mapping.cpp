// SPDX-License-Identifier: MIT
// Halftone tests: every mapping keeps the laws on every element that it serves.
#include "mapping_laws.hpp"

#include <halftone/element/codebook.hpp>
#include <halftone/scheme/asymmetric.hpp>
#include <halftone/scheme/symmetric.hpp>

#include <array>

namespace {

/// A mapping of the user's own: the smallest power of two that covers the range, so that scaling is a shift.
struct power_of_two_scale {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  static std::string name() { return "power_of_two_scale"; }
  template <halftone::signed_element Element>
  static halftone::group_parameters choose(halftone::range r, const Element&) noexcept {
    const float largest = halftone::maximum(halftone::magnitude(r.min), halftone::magnitude(r.max));
    int exponent = 0;
    const float mantissa = std::frexp(largest / static_cast<float>(Element::max), &exponent);
    return {.scale = largest == 0.0f ? 0.0f : std::ldexp(1.0f, mantissa == 0.5f ? exponent - 1 : std::min(exponent, 127))};
  }
};

struct whole {
  halftone::range operator()(halftone::range r) const { return r; }
};

/// All of the side of the extreme; of the other side what the largest level reaches, half a step further.
template <class Element>
struct side_of_the_extreme {
  halftone::range operator()(halftone::range r) const {
    const float extreme = std::max(std::abs(r.min), std::abs(r.max));
    const double reached = static_cast<double>(extreme) * (Element::max + 0.5) / -static_cast<double>(Element::min);
    const float other = std::nextafter(static_cast<float>(reached), 0.0f);  // not past it by rounding
    return std::abs(r.max) > std::abs(r.min) ? halftone::range{-other, extreme} : halftone::range{-extreme, other};
  }
};

/// The whole range if it reaches zero; otherwise nothing is promised beyond the reach of the codes.
struct around_zero {
  halftone::range operator()(halftone::range r) const {
    return r.min <= 0.0f && r.max >= 0.0f ? r : halftone::range{1.0f, -1.0f};
  }
};

template <class Element>
void signed_laws() {
  laws::hold<halftone::symmetric, Element>(whole{});
  laws::hold<halftone::symmetric_signed_extreme, Element>(side_of_the_extreme<Element>{});
  laws::hold<power_of_two_scale, Element>(whole{});
}

template <class Element>
void any_sign_laws() {
  laws::hold<halftone::asymmetric, Element>(whole{});
  laws::hold<halftone::asymmetric_unforced, Element>(around_zero{});
  laws::hold<halftone::float_offset, Element>(whole{});
}

struct uneven {
  static constexpr std::array<float, 7> entries{-1.0f, -0.5f, -0.2f, 0.0f, 0.1f, 0.4f, 0.9f};
  static std::string name() { return "uneven"; }
};

template <class Element>
concept symmetric_serves = halftone::mapping_for<halftone::symmetric, Element>;
static_assert(symmetric_serves<halftone::int8> && !symmetric_serves<halftone::uint8> &&
              symmetric_serves<halftone::codebook<uneven>>);
static_assert(!halftone::mapping_for<halftone::asymmetric, halftone::codebook<uneven>>);

struct may_throw {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  static std::string name() { return "may_throw"; }
  static halftone::group_parameters choose(halftone::range, const halftone::int4&) { return {}; }
};
static_assert(!halftone::mapping_for<may_throw, halftone::int4>);

}  // namespace

TEST_CASE("mappings without a zero point keep the laws on signed elements") {
  signed_laws<halftone::int2>();
  signed_laws<halftone::int4>();
  signed_laws<halftone::int8>();
  signed_laws<halftone::int4_narrow>();
  signed_laws<halftone::int8_narrow>();
  signed_laws<halftone::int16>();
}

TEST_CASE("mappings with a zero point or an offset keep the laws on unsigned elements") {
  any_sign_laws<halftone::uint1>();
  any_sign_laws<halftone::uint3>();
  any_sign_laws<halftone::uint4>();
  any_sign_laws<halftone::uint8>();
  any_sign_laws<halftone::uint16>();
}

TEST_CASE("mappings with a zero point or an offset keep the laws on signed elements") {
  any_sign_laws<halftone::int4>();
  any_sign_laws<halftone::int8>();
  any_sign_laws<halftone::int8_narrow>();
}

TEST_CASE("a symmetric codebook gives every value its nearest entry") {
  using scheme = halftone::scheme<halftone::codebook<uneven>, halftone::symmetric, halftone::per_tensor>;
  const scheme s{};
  std::size_t wrong = 0;
  for (const halftone::range r : laws::ranges()) {
    const halftone::group_parameters p = s.mapping.choose(r, s.element);
    const double scale = static_cast<double>(p.scale);
    for (int i = 0; i <= 20; ++i) {
      const float x = r.min + (r.max - r.min) * (static_cast<float>(i) / 20.0f);
      double nearest = INFINITY;
      for (const float entry : uneven::entries) {
        nearest = std::min(nearest, std::abs(static_cast<double>(x) - scale * static_cast<double>(entry)));
      }
      const float y = halftone::product(p.scale, s.element.decode(halftone::encode_value(
                                                     x, p, halftone::reciprocal_of_scale(p.scale), s, 0)));
      const double distance = std::abs(static_cast<double>(y) - static_cast<double>(x));
      wrong += distance > nearest + laws::slack(scale, 2.0, static_cast<double>(y)) ? 1u : 0u;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("the helpers of mappings round and clamp as they say") {
  CHECK(halftone::detail::step_of({-0x1.fffffep127f, 0x1.fffffep127f}, 2) == 0x1.fffffep127f);
  CHECK(halftone::detail::step_of({-0x1.fffffep127f, 0x1.fffffep127f}, 1) == 0x1.fffffep127f);
  CHECK(halftone::detail::zero_point_of(-3.0f, 0.5f, -8, 7) == -2);
  CHECK(halftone::detail::zero_point_of(-30.0f, 0.5f, -8, 7) == 7);
  CHECK(halftone::detail::zero_point_of(-3.0f, 0.0f, -8, 7) == -8);
  CHECK(halftone::detail::nearest_even(2.5) == 2.0);
  CHECK(halftone::detail::nearest_even(-3.5) == -4.0);
  CHECK(halftone::detail::nearest_even(3.49999999999) == 3.0);
  CHECK(halftone::detail::clamp_level(1e30, 0, 15) == 15);
  CHECK(halftone::detail::clamp_level(-1e30, 0, 15) == 0);
  CHECK(halftone::detail::clamp_level(7.0, 0, 15) == 7);
  CHECK(halftone::detail::clamp_level(std::nan(""), -8, 7) == -8);
}
