// SPDX-License-Identifier: MIT
// Halftone: mappings of PyTorch and torchao whose zero point is a float. It is stored as the offset.
#pragma once

#include <halftone/element/integer.hpp>
#include <halftone/scheme/mapping.hpp>
#include <halftone/scheme/scaling.hpp>

#include <limits>

namespace halftone::inline v0_1::inline HALFTONE_ISA::torch {

/// per_channel_affine_float_qparams, of embedding tables: the zero point counts in codes and is not rounded,
///   scale = (max - min) / steps, 1 where that is 2^-23 or less,   zero = -min / scale
///   code = round_even(x * (1 / scale) + zero),   real = (code - zero) * scale
/// Every operation rounds. Real numbers of HQQ are these, too.
struct float_qparams {
  static constexpr halftone::equation equation = halftone::equation::scaled_offset;
  [[nodiscard]] static std::string name() { return "torch_float_qparams"; }
  template <uniform_element Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    const float step = minimum((r.max - r.min) / static_cast<float>(Element::max - Element::min), std::numeric_limits<float>::max());
    const float scale = step > std::numeric_limits<float>::epsilon() ? step : 1.0f;
    return {.scale = scale, .offset = -r.min / scale};
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr float scaled(float x, const group_parameters& p, float factor) noexcept {
    return product(x, factor) + p.offset;
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr float real(float level, const group_parameters& p) noexcept {
    return product(level - p.offset, p.scale);
  }
};

/// torchao's ZeroPointDomain.FLOAT, of tinygemm: the zero point is the real number of the middle code,
///   scale = max((max - min) / steps, floor),   zero = min + scale * mid,   mid = 2^(b-1)
///   code = round_even((x - (zero - scale * mid)) / scale),   real = (code - mid) * scale + zero
/// Every operation rounds; the range need not hold 0. For the scaling policy `by_division`.
template <unsigned Bits = 4>
struct tinygemm {
  static constexpr halftone::equation equation = halftone::equation::scaled_offset;
  static constexpr float mid = static_cast<float>(1u << (Bits - 1));
  [[nodiscard]] static std::string name() { return halftone::detail::message("torchao_tinygemm<", Bits, ">"); }
  template <uniform_element Element>
    requires(Element::min == 0 && Element::bits == Bits)
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    const float step = (r.max - r.min) / static_cast<float>(Element::max);
    // Finite also where the range or the zero point is not.
    const float scale = minimum(maximum(step, std::numeric_limits<float>::min()), std::numeric_limits<float>::max() / mid);
    return {.scale = scale, .offset = r.min + product(scale, mid)};
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr float scaled(float x, const group_parameters& p, float factor) noexcept {
    return by_division::scaled(x - (p.offset - product(p.scale, mid)), factor);
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr float real(float level, const group_parameters& p) noexcept {
    return product(level - mid, p.scale) + p.offset;
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::torch

namespace halftone::inline v0_1 {
template <>
inline constexpr bool positive_scale<torch::float_qparams> = true;
template <unsigned Bits>
inline constexpr bool positive_scale<torch::tinygemm<Bits>> = true;
}  // namespace halftone::inline v0_1
