// SPDX-License-Identifier: MIT
// Halftone tests: the laws of a mapping, written once and run on every mapping and element, the user's included.
#pragma once

#include <halftone/core/random.hpp>
#include <halftone/scheme/estimator.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace laws {

/// Ranges of every kind: of both signs, of one sign, one-sided, constant, from subnormal to near the ends of float.
inline std::vector<halftone::range> ranges() {
  std::vector<halftone::range> all;
  for (int exponent = -100; exponent <= 120; exponent += 20) {
    const float unit = std::ldexp(1.0f, exponent);
    for (std::uint64_t i = 0; i < 30; ++i) {
      const float a = (halftone::random_unit(1, i) * 2.0f - 1.0f) * unit;
      const float b = (halftone::random_unit(2, i) * 2.0f - 1.0f) * unit;
      all.push_back({std::min(a, b), std::max(a, b)});
      all.push_back({-std::abs(a), std::abs(b)});
    }
    for (const halftone::range r : {halftone::range{-1, 1}, halftone::range{0, 1}, halftone::range{-1, 0},
                                    halftone::range{1, 1}, halftone::range{-1, -1}, halftone::range{5, 6},
                                    halftone::range{-6, -5}, halftone::range{-0.001f, 1}, halftone::range{-1, 0.001f}}) {
      all.push_back({r.min * unit, r.max * unit});
    }
  }
  return all;
}

/// Reals at the ends of what the codes reach, half a step further included.
struct reach {
  double low;
  double high;
  [[nodiscard]] bool holds(double x) const { return x >= low && x <= high; }
};

template <class Scheme>
reach reach_of(const halftone::group_parameters& p) {
  using Element = typename Scheme::element_type;
  const double zero = Scheme::has_zero_point ? p.zero_point : 0;
  const double offset = Scheme::has_offset ? static_cast<double>(p.offset) : 0.0;
  const double scale = static_cast<double>(p.scale);
  const double a = scale * (Element::min - zero) + offset;
  const double b = scale * (Element::max - zero) + offset;
  const double half = std::abs(scale) / 2;
  return {std::min(a, b) - half, std::max(a, b) + half};
}

/// What rounding may add to scale / 2: with u = 2^-24, the difference, the reciprocal and their product are each rounded
/// once, so the scaled value is off by 3 u of itself (4 u with second-order terms), that is by 4 u |scale| |scaled| in
/// reals; the result is rounded once more. Below the normal floats one more unit of 2^-149.
inline double slack(double scale, double levels, double result) {
  return 4 * 0x1p-24 * std::abs(scale) * levels + 0x1p-24 * std::abs(result) + 0x1p-149;
}

/// How often a law was broken.
struct violations {
  std::size_t not_finite = 0;      ///< parameters that are NaN or infinite
  std::size_t bad_zero_point = 0;  ///< zero points that are no level
  std::size_t too_far = 0;         ///< values within the reach of the codes, further than scale / 2 from their real
  std::size_t not_covered = 0;     ///< values that the mapping promises to cover, further than scale / 2
  std::size_t not_zero = 0;        ///< groups of zeros that do not decode to zero
  std::size_t not_widened = 0;     ///< ranges that give other parameters when widened to zero, though that is promised
};

inline void check(const std::string& name, const violations& v) {
  CAPTURE(name);
  CHECK(v.not_finite == 0);
  CHECK(v.bad_zero_point == 0);
  CHECK(v.too_far == 0);
  CHECK(v.not_covered == 0);
  CHECK(v.not_zero == 0);
  CHECK(v.not_widened == 0);
}

/// @param promised  promised(range) -> the part of the range that the mapping covers
template <class Mapping, class Element, class Promise>
void hold(Promise&& promised) {
  using scheme = halftone::scheme<Element, Mapping, halftone::per_tensor>;
  const scheme s{};
  violations found;
  const auto real_of = [&s](float x, const halftone::group_parameters& p) {
    const std::uint32_t code = halftone::encode_value(x, p, halftone::reciprocal_of_scale(p.scale), s, 0);
    return halftone::real_of_level<scheme::equation>(s.element.decode(code), p);
  };
  const auto choose = [&](halftone::range r) {
    const halftone::group_parameters p = s.mapping.choose(r, s.element);
    found.not_finite += halftone::is_finite(p.scale) && halftone::is_finite(p.offset) ? 0u : 1u;
    found.bad_zero_point += scheme::has_zero_point && (p.zero_point < Element::min || p.zero_point > Element::max) ? 1u : 0u;
    return p;
  };
  const double levels = static_cast<double>(Element::max) - Element::min + 1;
  for (const halftone::range r : ranges()) {
    const halftone::group_parameters p = choose(r);
    if constexpr (halftone::widens_to_zero<Mapping>) {
      found.not_widened += choose({std::min(r.min, 0.0f), std::max(r.max, 0.0f)}) == p ? 0u : 1u;
    }
    const reach reached = reach_of<scheme>(p);
    const halftone::range covered = promised(r);
    for (int i = 0; i <= 40; ++i) {
      const double t = i / 40.0;
      const auto x = static_cast<float>(static_cast<double>(r.min) * (1 - t) + static_cast<double>(r.max) * t);
      const auto y = static_cast<double>(real_of(x, p));
      const double allowed =
          std::abs(static_cast<double>(p.scale)) / 2 + slack(static_cast<double>(p.scale), levels, y);
      const bool within = std::abs(y - static_cast<double>(x)) <= allowed;
      found.too_far += reached.holds(static_cast<double>(x)) && !within ? 1u : 0u;
      found.not_covered += x >= covered.min && x <= covered.max && !within ? 1u : 0u;
    }
  }
  found.not_zero += real_of(0.0f, choose({0.0f, 0.0f})) != 0.0f ? 1u : 0u;
  const float huge = 0x1.fffffep127f;
  for (const halftone::range r : {halftone::range{-huge, huge}, halftone::range{0, huge}, halftone::range{-huge, 0},
                                  halftone::range{0, 0x1p-149f}, halftone::range{-0x1p-149f, 0x1p-149f}}) {
    static_cast<void>(choose(r));
  }
  check(scheme::name(), found);
}

}  // namespace laws
