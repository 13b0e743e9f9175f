// SPDX-License-Identifier: MIT
// Halftone: how onnxruntime's block quantizers choose scales and zero points, and how they round.
#pragma once

#include <halftone/element/integer.hpp>
#include <halftone/scheme/mapping.hpp>
#include <halftone/scheme/rounding.hpp>

#include <limits>

namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx {

/// scale = M / -2^(b-1), where M is the value of largest magnitude with its sign, the smallest value of two: negative where M is
/// positive. A group of zeros has the scale -0, as in onnxruntime's bytes.
struct block_symmetric {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "onnx_block_symmetric"; }
  template <signed_element Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    const float extreme = magnitude(r.max) > magnitude(r.min) ? r.max : r.min;
    return {.scale = extreme / static_cast<float>(Element::min)};
  }
};

/// A range that holds zero: scale = (max - min) / (2^b - 1), zero_point = clamp(round(-min / scale)), in float; ties away from zero.
/// A group of zeros has scale 0 and zero point 0. A range that no float holds has the largest float as its scale.
struct block_asymmetric {
  static constexpr halftone::equation equation = halftone::equation::scaled_zero_point;
  [[nodiscard]] static std::string name() { return "onnx_block_asymmetric"; }
  template <uniform_element Element>
    requires(Element::min == 0)
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    return chosen_with<nearest_away>(r, static_cast<float>(Element::max), 0);
  }
  template <class Rounding>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters chosen_with(range r, float steps, std::int32_t of_zeros) noexcept {
    const float low = minimum(r.min, 0.0f);
    const float scale = minimum((maximum(r.max, 0.0f) - low) / steps, std::numeric_limits<float>::max());
    if (scale == 0.0f) {
      return {.scale = 0.0f, .zero_point = of_zeros};
    }
    return {.scale = scale, .zero_point = static_cast<std::int32_t>(Rounding::round(minimum(-low / scale, steps), 0))};
  }
};

/// The same of 4-bit embedding tables: ties to even, and a group of zeros has zero point 8.
struct gather_asymmetric {
  static constexpr halftone::equation equation = halftone::equation::scaled_zero_point;
  [[nodiscard]] static std::string name() { return "onnx_gather_asymmetric"; }
  template <uniform_element Element>
    requires(Element::min == 0)
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    return block_asymmetric::chosen_with<nearest_even>(r, static_cast<float>(Element::max), (Element::max + 1) / 2);
  }
};

/// round(x + Added) - Added, the sum a float, ties away from zero: codes of which Added is the middle are rounded after it was
/// added, so that ties go up, but for those that the sum's rounding hides.
template <int Added>
struct away_after_adding {
  [[nodiscard]] static std::string name() { return halftone::detail::message("onnx_away_after_adding<", Added, ">"); }
  [[nodiscard]] HALFTONE_INLINE static constexpr float round(float x, std::uint64_t index) noexcept {
    constexpr auto added = static_cast<float>(Added);
    return nearest_away::round(x + added, index) - added;
  }
};

static_assert(away_after_adding<8>::round(-0.5f, 0) == 0.0f && away_after_adding<8>::round(-8.0f, 0) == -8.0f);

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx

namespace halftone::inline v0_1 {
template <>
inline constexpr bool widens_to_zero<onnx::block_symmetric> = true;
template <>
inline constexpr bool positive_scale<onnx::block_asymmetric> = true;
template <>
inline constexpr bool widens_to_zero<onnx::block_asymmetric> = true;
template <>
inline constexpr bool positive_scale<onnx::gather_asymmetric> = true;
template <>
inline constexpr bool widens_to_zero<onnx::gather_asymmetric> = true;
}  // namespace halftone::inline v0_1
