// SPDX-License-Identifier: MIT
// Halftone: scales and zero points of onnxruntime's quantization tool (quantize_static, quantize_dynamic): `compute_scale_zp`.
//
// Arithmetic is in double, scales are rounded to float. A range whose scale is below the smallest normal float, zeros included, has
// scale 1 and zero point 0. Low..High are levels that parameters are made for; codes saturate at those of the element.
#pragma once

#include <halftone/element/integer.hpp>
#include <halftone/scheme/mapping.hpp>
#include <halftone/scheme/scheme.hpp>

#include <limits>

namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx {

namespace detail {
template <std::int32_t Low, std::int32_t High, class Element>
concept levels_of_tool = uniform_element<Element> && (Low >= Element::min && Low <= 0 && High > 0 && High <= Element::max);
/// (max - min) / steps, or 0 where that is below the smallest normal float.
[[nodiscard]] HALFTONE_INLINE constexpr double tool_step(double min, double max, std::int32_t steps) noexcept {
  const double step = (max - min) / steps;
  return step < static_cast<double>(std::numeric_limits<float>::min()) ? 0.0 : step;
}
/// Twice the largest magnitude, by the steps.
[[nodiscard]] HALFTONE_INLINE constexpr float tool_symmetric_scale(range r, std::int32_t steps) noexcept {
  const double largest = static_cast<double>(maximum(magnitude(r.min), magnitude(r.max)));
  const double step = tool_step(-largest, largest, steps);
  return step == 0.0 ? 1.0f : static_cast<float>(step);
}
}  // namespace detail

/// The range holds zero: scale = (max - min) / (High - Low), zero_point = round_even(Low - min / scale).
template <std::int32_t Low, std::int32_t High>
struct tool_asymmetric {
  static constexpr halftone::equation equation = halftone::equation::scaled_zero_point;
  [[nodiscard]] static std::string name() { return halftone::detail::message("onnx_tool_asymmetric<", Low, ",", High, ">"); }
  template <class Element>
    requires detail::levels_of_tool<Low, High, Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    const double low = static_cast<double>(minimum(r.min, 0.0f));
    const double step = detail::tool_step(low, static_cast<double>(maximum(r.max, 0.0f)), High - Low);
    if (step == 0.0) {
      return {.scale = 1.0f};
    }
    const double zero = halftone::detail::nearest_even(Low - low / step);
    return {.scale = static_cast<float>(step), .zero_point = halftone::detail::clamp_level(zero, Low, High)};
  }
};

/// Signed elements: scale = 2 max|x| / (High - Low), zero point 0.
template <std::int32_t Low, std::int32_t High>
struct tool_symmetric {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return halftone::detail::message("onnx_tool_symmetric<", Low, ",", High, ">"); }
  template <signed_element Element>
    requires detail::levels_of_tool<Low, High, Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    return {.scale = detail::tool_symmetric_scale(r, High - Low)};
  }
};

/// The same of unsigned elements: zero point (Low + High + 1) / 2; 0 for zeros.
template <std::int32_t Low, std::int32_t High>
struct tool_symmetric_unsigned {
  static constexpr halftone::equation equation = halftone::equation::scaled_zero_point;
  [[nodiscard]] static std::string name() { return halftone::detail::message("onnx_tool_symmetric_unsigned<", Low, ",", High, ">"); }
  template <class Element>
    requires(detail::levels_of_tool<Low, High, Element> && Element::min == 0)
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    const double largest = static_cast<double>(maximum(magnitude(r.min), magnitude(r.max)));
    const bool zeros = detail::tool_step(-largest, largest, High - Low) == 0.0;
    return {.scale = detail::tool_symmetric_scale(r, High - Low), .zero_point = zeros ? 0 : (Low + High + 1) / 2};
  }
};

namespace detail {
/// The levels that the tool makes parameters for; reduced: a bit less, and -64..64 of int8.
template <class Element, bool Reduced, bool Symmetric>
struct tool_levels {
  static constexpr bool is_signed = Element::min < 0;
  static constexpr std::int32_t max = !Reduced                          ? Element::max
                                      : is_signed && Element::bits >= 8 ? (Element::max + 1) / 2
                                                                        : Element::max / 2;
  static constexpr std::int32_t min = !is_signed                               ? 0
                                      : Element::bits < 8                      ? -max - 1
                                      : Reduced || Symmetric                   ? -max
                                                                               : Element::min;
};
template <class Element, bool Reduced>
using tool_asymmetric_of = tool_asymmetric<tool_levels<Element, Reduced, false>::min, tool_levels<Element, Reduced, false>::max>;
template <class Element, bool Reduced, class L = tool_levels<Element, Reduced, true>>
using tool_symmetric_of =
    std::conditional_t<L::is_signed, tool_symmetric<L::min, L::max>, tool_symmetric_unsigned<L::min, L::max>>;
}  // namespace detail

/// What the tool makes of a tensor, int4, int8, int16, uint4, uint8 or uint16; reduced is reduce_range=True. Weights are
/// per_tensor or per_channel<0>; ranges of activations come by `given_ranges`.
template <class Element, class Granularity = per_tensor>
using tool = scheme<Element, detail::tool_asymmetric_of<Element, false>, Granularity, by_division>;
template <class Element, class Granularity = per_tensor>
using symmetric_tool = scheme<Element, detail::tool_symmetric_of<Element, false>, Granularity, by_division>;
template <class Element, class Granularity = per_tensor>
using reduced_tool = scheme<Element, detail::tool_asymmetric_of<Element, true>, Granularity, by_division>;
template <class Element, class Granularity = per_tensor>
using reduced_symmetric_tool = scheme<Element, detail::tool_symmetric_of<Element, true>, Granularity, by_division>;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx

namespace halftone::inline v0_1 {
template <std::int32_t Low, std::int32_t High>
inline constexpr bool positive_scale<onnx::tool_asymmetric<Low, High>> = true;
template <std::int32_t Low, std::int32_t High>
inline constexpr bool widens_to_zero<onnx::tool_asymmetric<Low, High>> = true;
template <std::int32_t Low, std::int32_t High>
inline constexpr bool positive_scale<onnx::tool_symmetric<Low, High>> = true;
template <std::int32_t Low, std::int32_t High>
inline constexpr bool widens_to_zero<onnx::tool_symmetric<Low, High>> = true;
template <std::int32_t Low, std::int32_t High>
inline constexpr bool positive_scale<onnx::tool_symmetric_unsigned<Low, High>> = true;
template <std::int32_t Low, std::int32_t High>
inline constexpr bool widens_to_zero<onnx::tool_symmetric_unsigned<Low, High>> = true;
}  // namespace halftone::inline v0_1
