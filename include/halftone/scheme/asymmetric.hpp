// SPDX-License-Identifier: MIT
// Halftone: mappings with a scale and a zero point, or a scale and an offset.
#pragma once

#include <halftone/element/integer.hpp>
#include <halftone/scheme/mapping.hpp>

namespace halftone::inline v0_1 {

/// The range is widened to hold 0, so that real zero has an exact code:
///   scale = (max - min) / (2^b - 1),   zero_point = clamp(round_even(lowest - min / scale))
/// An all-zero group has scale 0 and the zero point `lowest` (0 for unsigned elements).
/// Source: Jacob et al., arXiv:1712.05877, section 2.1; ONNX, PyTorch and TFLite.
struct asymmetric {
  static constexpr halftone::equation equation = halftone::equation::scaled_zero_point;
  [[nodiscard]] static std::string name() { return "asymmetric"; }
  template <uniform_element Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    r = {chosen(r.min < 0.0f, r.min, 0.0f), chosen(r.max > 0.0f, r.max, 0.0f)};
    const float scale = detail::step_of(r, Element::max - Element::min);
    return {.scale = scale, .zero_point = detail::zero_point_of(r.min, scale, Element::min, Element::max)};
  }
};

/// The range is taken as it is; the zero point is clamped to the element's levels, so a group far from zero clips:
///   scale = (max - min) / (2^b - 1),   zero_point = clamp(round_even(lowest - min / scale))
/// A constant group is widened to hold 0. Source: AWQ's quantizer (Lin et al., arXiv:2306.00978).
struct asymmetric_unforced {
  static constexpr halftone::equation equation = halftone::equation::scaled_zero_point;
  [[nodiscard]] static std::string name() { return "asymmetric_unforced"; }
  template <uniform_element Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element& e) noexcept {
    const float scale = detail::step_of(r, Element::max - Element::min);
    if (scale == 0.0f) {
      return asymmetric::choose(r, e);
    }
    return {.scale = scale, .zero_point = detail::zero_point_of(r.min, scale, Element::min, Element::max)};
  }
};

/// A float offset instead of a zero point; the range need not hold 0:
///   scale = (max - min) / (2^b - 1),   offset = min - scale * lowest
/// A constant group has scale 0 and is exact. Source: ggml Q4_1, tinygemm.
struct float_offset {
  static constexpr halftone::equation equation = halftone::equation::scaled_offset;
  [[nodiscard]] static std::string name() { return "float_offset"; }
  template <uniform_element Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    const float scale = detail::step_of(r, Element::max - Element::min);
    return {.scale = scale, .offset = fused(-scale, static_cast<float>(Element::min), r.min)};
  }
};

template <>
inline constexpr bool positive_scale<asymmetric> = true;
template <>
inline constexpr bool positive_scale<asymmetric_unforced> = true;
template <>
inline constexpr bool positive_scale<float_offset> = true;
template <>
inline constexpr bool widens_to_zero<asymmetric> = true;

static_assert(mapping_for<asymmetric, uint4> && mapping_for<float_offset, int8>);
static_assert(asymmetric::choose({0.0f, 0.0f}, uint4{}).scale == 0.0f);

}  // namespace halftone::inline v0_1
