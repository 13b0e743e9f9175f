// SPDX-License-Identifier: MIT
// Halftone: the schemes of compressed-tensors: integers, fp8 and NVFP4, and how scales and zero points are chosen.
#pragma once

#include <halftone/element/integer.hpp>
#include <halftone/element/minifloat.hpp>
#include <halftone/scheme/mapping.hpp>
#include <halftone/scheme/scheme.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::compressed_tensors {

namespace detail {
/// 2^-23 stands for a scale of zero; a range beyond the largest float is cut.
[[nodiscard]] HALFTONE_INLINE constexpr float scale_of(float width, float steps) noexcept {
  const float scale = minimum(width, std::numeric_limits<float>::max()) / steps;
  return scale == 0.0f ? std::numeric_limits<float>::epsilon() : scale;
}
}  // namespace detail

/// symmetric: scale = max|x| / ((highest - lowest) / 2), which is 7.5 for int4, 127.5 for int8 and 448 for fp8; 2^-23 for zeros.
struct symmetric {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "compressed_tensors_symmetric"; }
  template <element_format Element>
    requires(!uniform_element<Element> || signed_element<Element>)
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element& e) noexcept {
    const float largest = maximum(magnitude(r.min), magnitude(r.max));
    if constexpr (uniform_element<Element>) {
      return {.scale = detail::scale_of(largest, static_cast<float>(Element::max - Element::min) / 2.0f)};
    } else {
      return {.scale = detail::scale_of(largest, e.largest())};
    }
  }
};

/// asymmetric: low = min(min, 0), high = max(max, 0), scale = (high - low) / steps,
/// zero_point = round_even(clamp(lowest - low / scale)); every operation rounds
struct affine {
  static constexpr halftone::equation equation = halftone::equation::scaled_zero_point;
  [[nodiscard]] static std::string name() { return "compressed_tensors_affine"; }
  template <signed_element Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    const float low = minimum(r.min, 0.0f);
    const float width = maximum(r.max, 0.0f) - low;
    const float scale = detail::scale_of(width, static_cast<float>(Element::max - Element::min));
    // A group of zeros has the zero point 0: there it is 0 / 0, whose cast gives that.
    const float zero = width == 0.0f ? 0.0f : static_cast<float>(Element::min) - low / scale;
    return {.scale = scale,
            .zero_point = halftone::detail::clamp_level(halftone::detail::nearest_even(static_cast<double>(zero)), Element::min, Element::max)};
  }
};

/// NVFP4's scale of the tensor, by which the fp8 scales of blocks are divided: global = 448 / largest, real = level / global.
struct global_divisor {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "compressed_tensors_global_divisor"; }
  template <element_format Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element& e) noexcept {
    const float largest = maximum(maximum(magnitude(r.min), magnitude(r.max)), std::numeric_limits<float>::min());
    return {.scale = minimum(e.largest() / largest, std::numeric_limits<float>::max())};
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr float real(float level, const group_parameters& p) noexcept { return level / p.scale; }
};

/// round(x * scale), for `global_divisor`.
struct by_product {
  [[nodiscard]] static std::string name() { return "compressed_tensors_by_product"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr float factor_of(float scale) noexcept { return scale; }
  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE static constexpr Lanes scaled(Lanes x, Lanes factor) noexcept {
    return product(x, factor);
  }
};

/// pack-quantized and int-quantized: signed integers of 1 to 8 bits. strategy "group": per_group<N>; "channel": per_channel<0>; "tensor",
/// which pack-quantized is not read with: per_tensor. Storage is the type of the scales: stored_as<fp32>, <fp16> or <bf16>.
///   code = clamp(round_even(w / scale + zero_point)),   real = (code - zero_point) * scale
template <class Element, class Granularity, class Mapping = symmetric, class Storage = stored_as<bf16>>
using integers = scheme<Element, Mapping, Granularity, by_division, with_zero_point<nearest_even>, Storage>;

/// float-quantized: fp8.
template <class Granularity, class Storage = stored_as<bf16>>
using floats = scheme<fp8_e4m3fn, symmetric, Granularity, by_division, Storage>;

/// nvfp4-pack-quantized, to be read: fp4 in blocks of 16 under fp8 scales, which a number of the tensor divides.
using nvfp4_blocks = scheme<fp4_e2m1, symmetric, per_group<16>, by_division,
                            quantized_again<scheme<fp8_e4m3fn, global_divisor, per_tensor, by_product>>>;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::compressed_tensors

namespace halftone::inline v0_1 {
template <>
inline constexpr bool positive_scale<compressed_tensors::symmetric> = true;
template <>
inline constexpr bool positive_scale<compressed_tensors::affine> = true;
template <>
inline constexpr bool positive_scale<compressed_tensors::global_divisor> = true;
template <>
inline constexpr bool widens_to_zero<compressed_tensors::symmetric> = true;
template <>
inline constexpr bool widens_to_zero<compressed_tensors::affine> = true;
}  // namespace halftone::inline v0_1
