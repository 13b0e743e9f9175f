// SPDX-License-Identifier: MIT
// Halftone: the schemes of GPTQ checkpoints, and the rule by which their tools choose scales and zero points.
#pragma once

#include <halftone/element/integer.hpp>
#include <halftone/scheme/mapping.hpp>
#include <halftone/scheme/scheme.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::gptq {

namespace detail {
/// scale = (high - low) / steps, in float, for a range that holds zero; +-1 stands for a range of zeros.
[[nodiscard]] HALFTONE_INLINE constexpr group_parameters chosen_for(float low, float high, float steps, std::int32_t middle) noexcept {
  const bool empty = low == 0.0f && high == 0.0f;
  low = halftone::chosen(empty, -1.0f, low);
  high = halftone::chosen(empty, 1.0f, high);
  // Finite where the range is wider than the largest float, and above zero where its part is nothing.
  const float scale = maximum(minimum(high - low, std::numeric_limits<float>::max()) / steps, std::numeric_limits<float>::min());
  const std::int32_t zero = halftone::detail::clamp_level(halftone::detail::nearest_even(static_cast<double>(-low / scale)), 0,
                                                         static_cast<std::int32_t>(steps));
  return {.scale = scale, .zero_point = middle != 0 ? middle : zero};
}
}  // namespace detail

/// sym=False: low = min(min, 0), high = max(max, 0),
///   scale = (high - low) / (2^b - 1),   zero_point = round_even(-low / scale)      every operation rounds
struct affine {
  static constexpr halftone::equation equation = halftone::equation::scaled_zero_point;
  [[nodiscard]] static std::string name() { return "gptq_affine"; }
  template <uniform_element Element>
    requires(Element::min == 0)
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    return detail::chosen_for(minimum(r.min, 0.0f), maximum(r.max, 0.0f), static_cast<float>(Element::max), 0);
  }
};

/// sym=True: the zero point is the middle code 2^(b - 1); high = max|x|, low = -high where there is a value below zero and 0
/// elsewhere, so that a group without such values clips at half of its maximum. scale = (high - low) / (2^b - 1).
struct symmetric {
  static constexpr halftone::equation equation = halftone::equation::scaled_zero_point;
  [[nodiscard]] static std::string name() { return "gptq_symmetric"; }
  template <uniform_element Element>
    requires(Element::min == 0)
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    const float high = maximum(magnitude(minimum(r.min, 0.0f)), maximum(r.max, 0.0f));
    return detail::chosen_for(halftone::chosen(r.min < 0.0f, -high, 0.0f), high, static_cast<float>(Element::max), (Element::max + 1) / 2);
  }
};

/// A layer of Element (uint2, uint3, uint4 or uint8) and Granularity (per_group<N>, or per_channel<0> for group_size -1), scales of
/// Storage, which is stored_as<fp16> in files. Symmetric or not, a file holds zero points.
///   code = clamp(round_even(w / scale) + zero_point),   real = scale * (code - zero_point)
template <class Element, class Granularity = per_group<128>, class Mapping = affine, class Storage = stored_as<fp16>>
using layer = scheme<Element, Mapping, Granularity, by_division, Storage>;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::gptq

namespace halftone::inline v0_1 {
template <>
inline constexpr bool positive_scale<gptq::affine> = true;
template <>
inline constexpr bool positive_scale<gptq::symmetric> = true;
template <>
inline constexpr bool widens_to_zero<gptq::affine> = true;
}  // namespace halftone::inline v0_1
