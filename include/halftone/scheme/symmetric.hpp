// SPDX-License-Identifier: MIT
// Halftone: mappings with a scale alone; real zero is level zero.
#pragma once

#include <halftone/scheme/mapping.hpp>

namespace halftone::inline v0_1 {

/// scale = max|x| / largest level: 2^(b-1) - 1 for signed integers, the largest magnitude of a table otherwise.
/// Levels reach both ends of the range; the most negative level of a full-range integer is never used.
/// An all-zero group has scale 0. Source: Jacob et al., arXiv:1712.05877; TensorRT, TFLite and ONNX Runtime weights.
struct symmetric {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "symmetric"; }
  template <element_format Element>
    requires(!uniform_element<Element> || signed_element<Element>)
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element& e) noexcept {
    const float largest = maximum(magnitude(r.min), magnitude(r.max));
    return {.scale = largest / largest_level(e)};
  }
};

/// scale = M / -2^(b-1), where M is the value of largest magnitude with its sign: M itself is exact, and the scale is
/// negative where M is positive. If both ends have the same magnitude, M is the negative one.
/// An all-zero group has scale 0. Source: ggml Q4_0; ONNX Runtime's MatMulNBits quantizer (whose tie this is).
struct symmetric_signed_extreme {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "symmetric_signed_extreme"; }
  template <signed_element Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    const float extreme = magnitude(r.max) > magnitude(r.min) ? r.max : r.min;
    return {.scale = extreme / static_cast<float>(Element::min) + 0.0f};  // minus zero becomes zero
  }
};

/// No parameters: levels are the numbers themselves. For float elements, and for units that carry their own scales.
struct unscaled {
  static constexpr halftone::equation equation = halftone::equation::level_only;
  [[nodiscard]] static std::string name() { return "unscaled"; }
  template <element_format Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range, const Element&) noexcept {
    return {};
  }
};

template <>
inline constexpr bool positive_scale<symmetric> = true;
template <>
inline constexpr bool widens_to_zero<symmetric> = true;
template <>
inline constexpr bool widens_to_zero<symmetric_signed_extreme> = true;

}  // namespace halftone::inline v0_1
