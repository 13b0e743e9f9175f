// SPDX-License-Identifier: MIT
// Halftone: the scheme of AWQ checkpoints, and the rule by which its tool chooses scales and zero points.
#pragma once

#include <halftone/format/gptq/schemes.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::awq {

/// The range is taken as it is, and need not hold zero:
///   scale = max(max - min, 1e-5) / (2^b - 1),   zero_point = clamp(-round_even(min / scale))     every operation rounds
/// Lin et al., arXiv:2306.00978.
struct affine {
  static constexpr halftone::equation equation = halftone::equation::scaled_zero_point;
  [[nodiscard]] static std::string name() { return "awq_affine"; }
  template <uniform_element Element>
    requires(Element::min == 0)
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    const float width = maximum(minimum(r.max - r.min, std::numeric_limits<float>::max()), 1e-5f);
    const float scale = width / static_cast<float>(Element::max);
    return {.scale = scale,
            .zero_point = halftone::detail::clamp_level(halftone::detail::nearest_even(static_cast<double>(-r.min / scale)), 0, Element::max)};
  }
};

/// A layer in groups of N (per_group<N>), or in rows (per_channel<0>). `gptq::quantize` makes its codes: by scales as floats.
///   code = clamp(round_even(w / scale) + zero_point),   real = (code - zero_point) * scale
template <class Granularity = per_group<128>, class Storage = stored_as<fp16>>
using layer = gptq::layer<uint4, Granularity, affine, Storage>;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::awq

namespace halftone::inline v0_1 {
template <>
inline constexpr bool positive_scale<awq::affine> = true;
}  // namespace halftone::inline v0_1
