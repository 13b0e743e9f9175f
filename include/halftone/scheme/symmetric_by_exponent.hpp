// SPDX-License-Identifier: MIT
// Halftone: scales from exponents alone, for storages that keep powers of two (OCP microscaling).
#pragma once

#include <halftone/element/minifloat.hpp>
#include <halftone/scheme/mapping.hpp>

namespace halftone::inline v0_1 {

namespace detail {

/// The largest power of two that a normal float reaches.
[[nodiscard]] HALFTONE_INLINE constexpr float power_below(float x) noexcept {
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(x) & 0x7f800000u);
}

/// largest / 2^emax. Not below the smallest normal float, whose reciprocal is a float still; 0 for a group of zeros.
template <class Element>
[[nodiscard]] HALFTONE_INLINE constexpr float scale_by_exponent(float largest, const Element& e) noexcept {
  const float scale = largest / power_below(largest_level(e));
  return chosen(largest > 0.0f, maximum(scale, std::numeric_limits<float>::min()), 0.0f);
}

}  // namespace detail

/// scale = max|x| / 2^emax, 2^emax the largest power of two among the levels (4 of fp4_e2m1, 64 of int8). What the storage does
/// with it is the rule of the scheme, e8m0 being powers of two:
///
///   stored_as<e8m0_floor>   2^(floor(log2 max|x|) - emax): OCP MX v1.0; what is beyond the largest level saturates
///   stored_as<e8m0_ceil>    2^(ceil(log2 max|x|) - emax): nothing saturates; torchao's CEIL
///   stored_as<e8m0_best>    of these two, the one with the smaller squared error
///
/// (`symmetric` with e8m0_ceil is the smallest power of two that covers the range: torchao's RCEIL, cuBLAS.)
/// An all-zero group has scale 0. Below 2^-126 scales stay there, and are not OCP's 2^-127.
struct symmetric_by_exponent {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "symmetric_by_exponent"; }
  template <element_format Element>
    requires(!uniform_element<Element> || signed_element<Element>)
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element& e) noexcept {
    return {.scale = detail::scale_by_exponent(maximum(magnitude(r.min), magnitude(r.max)), e)};
  }
};

/// The same of max|x| rounded to the element's mantissa first (half of its last bit added, then cut): a range that would round
/// up to the next power of two takes it. With e8m0_floor torchao's EVEN.
struct symmetric_by_rounded_exponent {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "symmetric_by_rounded_exponent"; }
  template <table_element Element>
    requires requires { Element::mantissa_bits; }
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element& e) noexcept {
    const auto bits = std::bit_cast<std::uint32_t>(maximum(magnitude(r.min), magnitude(r.max)));
    const std::uint32_t rounded = bits + (1u << (22 - Element::mantissa_bits));
    // No further than the largest power of two.
    return {.scale = detail::scale_by_exponent(
                detail::power_below(std::bit_cast<float>(chosen(rounded < 0x7f800000u, rounded, 0x7f000000u))), e)};
  }
};

template <>
inline constexpr bool positive_scale<symmetric_by_exponent> = true;
template <>
inline constexpr bool positive_scale<symmetric_by_rounded_exponent> = true;
template <>
inline constexpr bool widens_to_zero<symmetric_by_exponent> = true;
template <>
inline constexpr bool widens_to_zero<symmetric_by_rounded_exponent> = true;

}  // namespace halftone::inline v0_1
