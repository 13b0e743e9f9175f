// SPDX-License-Identifier: MIT
// Halftone: torchao's rules for weights of bfloat16 and float16, whose arithmetic it does in that type: every result is rounded.
#pragma once

#include <halftone/element/float_storage.hpp>
#include <halftone/format/torch/observed.hpp>
#include <halftone/scheme/scheme.hpp>

#include <algorithm>

namespace halftone::inline v0_1::inline HALFTONE_ISA::torch {

namespace detail {
/// x as a number of 16 bits.
template <class Half>
[[nodiscard]] HALFTONE_INLINE constexpr float rounded_to(float x) noexcept {
  return Half::decode(Half::encode(x));
}
/// The smallest normal number: the floor of scales.
template <class Half>
inline constexpr float smallest_normal = std::is_same_v<Half, fp16> ? 0x1p-14f : 0x1p-126f;
}  // namespace detail

/// x * (1 / scale), the reciprocal rounded to 16 bits.
template <class Half>
struct by_reciprocal_in {
  [[nodiscard]] static std::string name() { return halftone::detail::message("torchao_by_reciprocal_in<", Half::name(), ">"); }
  [[nodiscard]] HALFTONE_INLINE static constexpr float factor_of(float scale) noexcept {
    return detail::rounded_to<Half>(reciprocal_of_scale(scale));
  }
  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE static constexpr Lanes scaled(Lanes x, Lanes factor) noexcept {
    return product(x, factor);
  }
};

/// The product rounded to 16 bits, and then to a whole number, ties to even.
template <class Half>
struct nearest_even_in {
  [[nodiscard]] static std::string name() { return halftone::detail::message("torchao_nearest_even_in<", Half::name(), ">"); }
  [[nodiscard]] HALFTONE_INLINE static constexpr float round(float x, std::uint64_t index) noexcept {
    return nearest_even::round(detail::rounded_to<Half>(x), index);
  }
};

/// A mapping's scales in 16 bits: rounded, and not below the smallest normal number of that type. Mapping is one whose scale is one
/// division of a weight: `symmetric`, `symmetric_no_clipping`.
template <class Mapping, class Half>
struct floored_in {
  static constexpr halftone::equation equation = Mapping::equation;
  [[nodiscard]] static std::string name() { return halftone::detail::message(Mapping::name(), "_in<", Half::name(), ">"); }
  template <class Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element& e) noexcept {
    return {.scale = maximum(detail::rounded_to<Half>(Mapping::choose(r, e).scale), detail::smallest_normal<Half>)};
  }
};

/// ASYMMETRIC: the length of the range, the scale and min / scale are rounded, each.
template <class Half>
struct affine_in {
  static constexpr halftone::equation equation = halftone::equation::scaled_zero_point;
  [[nodiscard]] static std::string name() { return halftone::detail::message("torchao_affine_in<", Half::name(), ">"); }
  template <uniform_element Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    using levels = detail::levels<0, 0, Element>;
    const float low = minimum(r.min, 0.0f);
    const float length = detail::rounded_to<Half>(maximum(r.max, 0.0f) - low);
    const float scale = maximum(detail::rounded_to<Half>(length / levels::steps), detail::smallest_normal<Half>);
    const auto zero = levels::min - static_cast<std::int32_t>(nearest_even::round(detail::rounded_to<Half>(low / scale), 0));
    return {.scale = scale, .zero_point = std::clamp(zero, levels::min, levels::max)};
  }
};

/// torchao's tensors of weights that are bf16 or fp16: MappingType ASYMMETRIC, SYMMETRIC and SYMMETRIC_NO_CLIPPING_ERR. Weights are
/// given as floats that are numbers of that type; real numbers are floats.
template <class Half, class Element, class Granularity>
using ao_asymmetric_in =
    scheme<Element, affine_in<Half>, Granularity, nearest_even_in<Half>, by_reciprocal_in<Half>, stored_as<Half>>;
template <class Half, class Element, class Granularity>
using ao_symmetric_in = scheme<Element, floored_in<symmetric<0, 0, scale_floor::smallest_normal>, Half>, Granularity,
                               nearest_even_in<Half>, by_reciprocal_in<Half>, stored_as<Half>>;
template <class Half, class Element, class Granularity>
using ao_symmetric_no_clipping_in =
    scheme<Element, floored_in<symmetric_no_clipping, Half>, Granularity, nearest_even_in<Half>, by_reciprocal_in<Half>, stored_as<Half>>;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::torch

namespace halftone::inline v0_1 {
template <class Mapping, class Half>
inline constexpr bool positive_scale<torch::floored_in<Mapping, Half>> = true;
template <class Mapping, class Half>
inline constexpr bool widens_to_zero<torch::floored_in<Mapping, Half>> = true;
template <class Half>
inline constexpr bool positive_scale<torch::affine_in<Half>> = true;
template <class Half>
inline constexpr bool widens_to_zero<torch::affine_in<Half>> = true;
}  // namespace halftone::inline v0_1
