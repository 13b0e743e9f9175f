// SPDX-License-Identifier: MIT
// Halftone: how PyTorch's observers turn a smallest and a largest value into a scale and a zero point.
//
// All arithmetic is in float, in PyTorch's order, and scales have a floor, which a group of zeros takes, too: 2^-23 in PyTorch,
// the smallest normal float in torchao (of float32 weights).
// The whole of a range that no float holds gives the largest float as its scale (PyTorch: infinity).
#pragma once

#include <halftone/element/integer.hpp>
#include <halftone/scheme/mapping.hpp>
#include <halftone/scheme/rounding.hpp>

#include <limits>

namespace halftone::inline v0_1::inline HALFTONE_ISA::torch {

/// The smallest scale: PyTorch's observers' or torchao's.
enum class scale_floor { epsilon, smallest_normal };

namespace detail {
/// The levels that parameters are made for: Low..High, or those of the element where both are 0.
template <std::int32_t Low, std::int32_t High, class Element>
struct levels {
  static_assert(Low == High || (Low < High && Low >= Element::min && High <= Element::max),
                "torch: quant_min..quant_max are levels of the element");
  static constexpr std::int32_t min = Low == High ? std::int32_t{Element::min} : Low;
  static constexpr std::int32_t max = Low == High ? std::int32_t{Element::max} : High;
  static constexpr float steps = static_cast<float>(max - min);
};
/// max(scale, floor), finite.
template <scale_floor Floor>
[[nodiscard]] HALFTONE_INLINE constexpr float floored(float scale) noexcept {
  constexpr float least = Floor == scale_floor::epsilon ? std::numeric_limits<float>::epsilon() : std::numeric_limits<float>::min();
  return minimum(maximum(scale, least), std::numeric_limits<float>::max());
}
template <std::int32_t Low, std::int32_t High, scale_floor Floor>
[[nodiscard]] inline std::string levels_name(const char* name) {
  const std::string full = halftone::detail::message(Floor == scale_floor::epsilon ? "torch_" : "torchao_", name);
  return Low == High ? full : halftone::detail::message(full, "<", Low, ",", High, ">");
}
}  // namespace detail

/// per_tensor_affine, per_channel_affine:
///   scale = max((max(b, 0) - min(a, 0)) / (High - Low), eps),   zero_point = clamp(Low - round_even(min(a, 0) / scale), Low, High)
/// Low and High are quant_min and quant_max, the element's levels where both are 0; reduce_range is -64..63 or 0..127. Codes still
/// saturate at the element's levels, as torch.quantize_per_tensor has it. Source: `UniformQuantizationObserverBase`.
template <std::int32_t Low = 0, std::int32_t High = 0, scale_floor Floor = scale_floor::epsilon>
struct affine {
  static constexpr halftone::equation equation = halftone::equation::scaled_zero_point;
  [[nodiscard]] static std::string name() { return detail::levels_name<Low, High, Floor>("affine"); }
  template <uniform_element Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    using levels = detail::levels<Low, High, Element>;
    const float low = minimum(r.min, 0.0f);
    const float scale = detail::floored<Floor>((maximum(r.max, 0.0f) - low) / levels::steps);
    const auto zero = levels::min - static_cast<std::int32_t>(nearest_even::round(low / scale, 0));
    return {.scale = scale, .zero_point = zero < levels::min ? levels::min : zero > levels::max ? levels::max : zero};
  }
};

/// per_tensor_symmetric, per_channel_symmetric of signed elements: scale = max(max|x| / ((High - Low) / 2), eps), that is
/// max|x| / 127.5 for 8 bits: the largest value saturates at 127.
template <std::int32_t Low = 0, std::int32_t High = 0, scale_floor Floor = scale_floor::epsilon>
struct symmetric {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return detail::levels_name<Low, High, Floor>("symmetric"); }
  template <signed_element Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    const float largest = maximum(-minimum(r.min, 0.0f), maximum(r.max, 0.0f));
    return {.scale = detail::floored<Floor>(largest / (detail::levels<Low, High, Element>::steps / 2.0f))};
  }
};

/// The same of unsigned elements, whose zero point is the middle: 128 of quint8, with a range of its own
/// floor((Low + High) / 2). (PyTorch's observer with reduce_range keeps 128.)
template <std::int32_t Low = 0, std::int32_t High = 0, scale_floor Floor = scale_floor::epsilon>
struct symmetric_unsigned {
  static constexpr halftone::equation equation = halftone::equation::scaled_zero_point;
  [[nodiscard]] static std::string name() { return detail::levels_name<Low, High, Floor>("symmetric_unsigned"); }
  template <uniform_element Element>
    requires(Element::min == 0)
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    const float largest = maximum(-minimum(r.min, 0.0f), maximum(r.max, 0.0f));
    return {.scale = detail::floored<Floor>(largest / (detail::levels<Low, High, Element>::steps / 2.0f)),
            .zero_point = Low == High ? (Element::max + 1) / 2 : (Low + High) / 2};
  }
};

/// torchao's SYMMETRIC_NO_CLIPPING_ERR: scale = max(min(a, 0) / lowest, max(b, 0) / highest): nothing saturates.
struct symmetric_no_clipping {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "torchao_symmetric_no_clipping"; }
  template <signed_element Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    const float below = minimum(r.min, 0.0f) / static_cast<float>(Element::min);
    const float above = maximum(r.max, 0.0f) / static_cast<float>(Element::max);
    return {.scale = detail::floored<scale_floor::smallest_normal>(maximum(below, above))};
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::torch

namespace halftone::inline v0_1 {
template <>
inline constexpr bool positive_scale<torch::symmetric_no_clipping> = true;
template <>
inline constexpr bool widens_to_zero<torch::symmetric_no_clipping> = true;
template <std::int32_t Low, std::int32_t High, torch::scale_floor Floor>
inline constexpr bool positive_scale<torch::affine<Low, High, Floor>> = true;
template <std::int32_t Low, std::int32_t High, torch::scale_floor Floor>
inline constexpr bool positive_scale<torch::symmetric<Low, High, Floor>> = true;
template <std::int32_t Low, std::int32_t High, torch::scale_floor Floor>
inline constexpr bool positive_scale<torch::symmetric_unsigned<Low, High, Floor>> = true;
template <std::int32_t Low, std::int32_t High, torch::scale_floor Floor>
inline constexpr bool widens_to_zero<torch::affine<Low, High, Floor>> = true;
template <std::int32_t Low, std::int32_t High, torch::scale_floor Floor>
inline constexpr bool widens_to_zero<torch::symmetric<Low, High, Floor>> = true;
template <std::int32_t Low, std::int32_t High, torch::scale_floor Floor>
inline constexpr bool widens_to_zero<torch::symmetric_unsigned<Low, High, Floor>> = true;
}  // namespace halftone::inline v0_1
