// SPDX-License-Identifier: MIT
// Halftone: mappings of super-blocks: a scale for numbers of one sign, and a scale with an offset that is never positive.
#pragma once

#include <halftone/element/integer.hpp>
#include <halftone/scheme/mapping.hpp>

namespace halftone::inline v0_1 {

/// scale = E / largest level, where E is the number of largest magnitude with its sign (the positive one of two). For planes
/// whose numbers all have one sign, as the scales of super-blocks do: unsigned levels suffice, and the scale carries the sign.
/// Numbers of the other sign saturate at 0 where the element is unsigned. All zeros have scale 0.
/// Source: the scales and minima of ggml's Q2_K, Q4_K and Q5_K.
struct one_sided {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "one_sided"; }
  template <uniform_element Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    const float extreme = magnitude(r.min) > magnitude(r.max) ? r.min : r.max;
    return {.scale = extreme / static_cast<float>(Element::max) + 0.0f};  // minus zero becomes zero
  }
};

/// The range is widened to hold 0 at its lower end, so that offsets have one sign and 0 or less:
///   low = min(min, 0),   scale = (max - low) / (2^b - 1),   offset = low - scale * lowest
/// A constant group of numbers below 0 has scale 0 and is exact; so are zeros.
/// Source: ggml's Q2_K, Q4_K and Q5_K, which store -low as a minimum.
struct scale_and_minimum {
  static constexpr halftone::equation equation = halftone::equation::scaled_offset;
  [[nodiscard]] static std::string name() { return "scale_and_minimum"; }
  template <uniform_element Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    const range widened{chosen(r.min < 0.0f, r.min, 0.0f), r.max};
    const float scale = detail::step_of(widened, Element::max - Element::min);
    return {.scale = scale, .offset = fused(-scale, static_cast<float>(Element::min), widened.min)};
  }
};

static_assert(mapping_for<one_sided, uint6> && mapping_for<scale_and_minimum, uint4>);
static_assert(one_sided::choose({-63.0f, 0.0f}, uint6{}).scale == -1.0f);
static_assert(scale_and_minimum::choose({1.0f, 15.0f}, uint4{}).offset == 0.0f);

}  // namespace halftone::inline v0_1
