// SPDX-License-Identifier: MIT
// Halftone: the schemes of ONNX's operators QuantizeLinear, DequantizeLinear and DynamicQuantizeLinear.
//
//   code = saturate(round_even(x / scale) + zero_point)      real = (code - zero_point) * scale
//
// in float; a true division. Axes and blocks are granularities: see docs/onnx.md.
#pragma once

#include <halftone/element/integer.hpp>
#include <halftone/element/minifloat.hpp>
#include <halftone/scheme/asymmetric.hpp>
#include <halftone/scheme/scheme.hpp>
#include <halftone/scheme/symmetric.hpp>

#include <limits>

namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx {

/// fp8_e5m2 with infinities as ONNX's saturate=1 has them: a quotient beyond all floats becomes 57344, too.
struct saturating_e5m2 : fp8_e5m2 {
  [[nodiscard]] static std::string name() { return "onnx_saturating_e5m2"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(float x) noexcept {
    return fp8_e5m2::encode(chosen(x > largest(), largest(), chosen(x < -largest(), -largest(), x)));
  }
};
static_assert(table_element<saturating_e5m2>);

namespace detail {
template <class Element>
struct linear_mapping {
  using type = halftone::symmetric;
};
template <uniform_element Element>
struct linear_mapping<Element> {
  using type = halftone::asymmetric;
};
}  // namespace detail

/// QuantizeLinear and DequantizeLinear. Parameters are the model's: `given_parameters`.
/// @tparam Element      int2 .. int16, uint2 .. uint16; fp8_e4m3fn, saturating_e5m2, fp8_e4m3fnuz, fp8_e5m2fnuz, the
///                      same with `_overflowing` for saturate=0, and fp4_e2m1: these have no zero point
/// @tparam Granularity  per_tensor; per_channel<Axis>; per_group<B> for blocks along k; per_block<B, 1> for blocks along n
template <element_format Element, class Granularity = per_tensor>
using linear = scheme<Element, typename detail::linear_mapping<Element>::type, Granularity, by_division>;

/// DynamicQuantizeLinear's parameters, in float:
///   scale = (max(max, 0) - min(min, 0)) / 255,   zero_point = round_even(clamp(-min(min, 0) / scale, 0, 255))
/// Values that are all zero, and ranges whose scale rounds to zero, have scale 1 and zero point 0; a range that no float holds has the
/// largest float as its scale.
struct dynamic_range {
  static constexpr halftone::equation equation = halftone::equation::scaled_zero_point;
  [[nodiscard]] static std::string name() { return "onnx_dynamic_range"; }
  template <uniform_element Element>
    requires(Element::min == 0)
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    const float low = minimum(r.min, 0.0f);
    const float step = (maximum(r.max, 0.0f) - low) / static_cast<float>(Element::max);
    if (step == 0.0f) {
      return {.scale = 1.0f};
    }
    const float scale = minimum(step, std::numeric_limits<float>::max());
    const float zero = nearest_even::round(minimum(-low / scale, static_cast<float>(Element::max)), 0);
    return {.scale = scale, .zero_point = static_cast<std::int32_t>(zero)};
  }
};

/// DynamicQuantizeLinear.
using dynamic_linear = scheme<uint8, dynamic_range, per_tensor, by_division>;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx

namespace halftone::inline v0_1 {
template <>
inline constexpr bool positive_scale<onnx::dynamic_range> = true;
template <>
inline constexpr bool widens_to_zero<onnx::dynamic_range> = true;
}  // namespace halftone::inline v0_1
