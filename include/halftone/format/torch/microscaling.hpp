// SPDX-License-Identifier: MIT
// Halftone: the rule of torchao's NVFP4 blocks, beside those of scheme/symmetric_by_exponent.hpp.
#pragma once

#include <halftone/scheme/symmetric_by_exponent.hpp>
#include <halftone/element/exponent.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::torch {

/// scale = clamp(max|x| / largest level, 2^-6, 448): the normal numbers of fp8 e4m3. A group of zeros has 2^-6.
struct nvfp4_block {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "torchao_nvfp4_block"; }
  template <element_format Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element& e) noexcept {
    const float largest = maximum(magnitude(r.min), magnitude(r.max));
    return {.scale = minimum(maximum(largest / largest_level(e), 0x1p-6f), 448.0f)};
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::torch

namespace halftone::inline v0_1 {
template <>
inline constexpr bool positive_scale<torch::nvfp4_block> = true;
template <>
inline constexpr bool widens_to_zero<torch::nvfp4_block> = true;
}  // namespace halftone::inline v0_1
