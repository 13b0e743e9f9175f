// SPDX-License-Identifier: MIT
// Halftone: the schemes of compressed-tensors: integers, fp8, NVFP4 and MXFP4, and how scales and zero points are chosen.
#pragma once

#include <halftone/element/exponent.hpp>
#include <halftone/element/integer.hpp>
#include <halftone/format/compressed_tensors/elements.hpp>
#include <halftone/scheme/scheme.hpp>
#include <halftone/scheme/symmetric_by_exponent.hpp>

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

/// NVFP4: the blocks hand their largest magnitude to the scheme of the plane of scales, which makes the scale of it.
struct block_maximum {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "compressed_tensors_block_maximum"; }
  template <element_format Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    return {.scale = maximum(magnitude(r.min), magnitude(r.max))};
  }
};

/// NVFP4's scale of the tensor, by which the fp8 scales of blocks are divided:
///   global = (1 / largest) * (448 * 6), and 1 where that is infinite,   real = level / global      every operation rounds
struct global_divisor {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "compressed_tensors_global_divisor"; }
  template <element_format Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element& e) noexcept {
    const float largest = maximum(maximum(magnitude(r.min), magnitude(r.max)), std::numeric_limits<float>::min());
    const float divisor = product(1.0f / largest, e.largest() * 6.0f);
    return {.scale = chosen(divisor > std::numeric_limits<float>::max(), 1.0f, divisor)};
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr float real(float level, const group_parameters& p) noexcept { return level / p.scale; }
};

/// round(x / 6 * scale), for `global_divisor`: every operation rounds.
struct by_product_of_sixth {
  [[nodiscard]] static std::string name() { return "compressed_tensors_by_product_of_sixth"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr float factor_of(float scale) noexcept { return scale; }
  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE static constexpr Lanes scaled(Lanes x, Lanes factor) noexcept {
    if constexpr (requires { Lanes::broadcast(6.0f); }) {
      return product(x / Lanes::broadcast(6.0f), factor);
    } else {
      return product(x / Lanes{6}, factor);
    }
  }
};

/// pack-quantized and int-quantized: signed integers of 1 to 8 bits. strategy "group": per_group<N>; "channel": per_channel<0>; "tensor",
/// which pack-quantized is not read with: per_tensor. Storage is the type of the scales: stored_as<fp32>, <fp16> or <bf16>.
///   code = clamp(round_even(w / scale + zero_point)),   real = (code - zero_point) * scale
template <class Element, class Granularity, class Mapping = symmetric, class Storage = stored_as<bf16>>
using integers = scheme<Element, Mapping, Granularity, by_division, with_zero_point<nearest_even>, Storage>;

/// float-quantized: fp8. strategy "block": per_block<128, 128>.
template <class Granularity, class Storage = stored_as<bf16>>
using floats = scheme<fp8_e4m3fn, symmetric, Granularity, by_division, Storage>;

/// nvfp4-pack-quantized: fp4 in blocks of 16 under fp8 scales, which a number of the tensor divides.
///   scale = fp8(max|x| / 6 * global),   code = fp4(x / (scale / global)),   real = level * (scale / global)     every operation rounds
using nvfp4_blocks = scheme<fp4_code, block_maximum, per_group<16>, by_division,
                            quantized_again<scheme<fp8_block_scale, global_divisor, per_tensor, by_product_of_sixth>>>;

/// mxfp4-pack-quantized: fp4 in blocks of 32 under powers of two: of the maximum rounded to fp4's mantissa.
using mxfp4_blocks = scheme<fp4_code, symmetric_by_rounded_exponent, per_group<32>, by_division, stored_as<e8m0_floor>>;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::compressed_tensors

namespace halftone::inline v0_1 {
template <>
inline constexpr bool positive_scale<compressed_tensors::symmetric> = true;
template <>
inline constexpr bool positive_scale<compressed_tensors::affine> = true;
template <>
inline constexpr bool positive_scale<compressed_tensors::block_maximum> = true;
template <>
inline constexpr bool positive_scale<compressed_tensors::global_divisor> = true;
template <>
inline constexpr bool widens_to_zero<compressed_tensors::symmetric> = true;
template <>
inline constexpr bool widens_to_zero<compressed_tensors::affine> = true;
template <>
inline constexpr bool widens_to_zero<compressed_tensors::block_maximum> = true;
}  // namespace halftone::inline v0_1
