// SPDX-License-Identifier: MIT
// Halftone: how ModelOpt turns the largest magnitude of a group, amax, into its scale, where `symmetric` does not say it.
//
// Groups of zeros, which ModelOpt divides by, get a scale here whose codes are zeros.
#pragma once

#include <halftone/scheme/mapping.hpp>
#include <halftone/scheme/scaling.hpp>

#include <bit>
#include <limits>

namespace halftone::inline v0_1::inline HALFTONE_ISA::tensorrt {

/// INT4QTensor stores what values are multiplied by: stored = 7 * (1 / amax), code = round_even(x * stored), real = code / stored.
/// Every operation rounds. A group of zeros stores 1 (ModelOpt: infinity); what no float holds is the largest float.
struct stored_reciprocal {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "modelopt_stored_reciprocal"; }
  template <signed_element Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element& e) noexcept {
    const float largest = maximum(magnitude(r.min), magnitude(r.max));
    const float stored = product(1.0f / chosen(largest == 0.0f, 1.0f, largest), largest_level(e));
    return {.scale = chosen(largest == 0.0f, 1.0f, minimum(stored, std::numeric_limits<float>::max()))};
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr float scaled(float x, const group_parameters& p, float) noexcept {
    return product(x, p.scale);
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr float real(float level, const group_parameters& p) noexcept {
    return level / p.scale;
  }
};

/// amax / largest level, not below 1e-5: find_scales of the int4 quantizer for ONNX models.
struct symmetric_from_1e_5 {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "modelopt_symmetric_from_1e-5"; }
  template <signed_element Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element& e) noexcept {
    return {.scale = maximum(maximum(magnitude(r.min), magnitude(r.max)) / largest_level(e), 1e-5f)};
  }
};

/// amax / largest level, and 1 for a group of zeros: TensorRT takes positive scales alone.
struct symmetric_or_one {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "tensorrt_symmetric_or_one"; }
  template <element_format Element>
    requires(!uniform_element<Element> || signed_element<Element>)
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element& e) noexcept {
    const float scale = maximum(magnitude(r.min), magnitude(r.max)) / largest_level(e);
    return {.scale = chosen(scale == 0.0f, 1.0f, scale)};
  }
};

/// Microscaling: 2^ceil(log2(amax / largest level)), the logarithm a float. Where log2 rounds to an integer, the power is the smaller
/// one, and the largest value of the group saturates: of the exponent e so do the 22 floats above 2^e from e = 64 on, 11 from 32 on,
/// 5 from 16, 2 from 8, 1 from 4, and of negative exponents those of -e - 1. Between 2^-127 and 2^127; a group of zeros has scale 0,
/// which e8m0 keeps as 2^-127.
struct symmetric_by_log2 {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "modelopt_symmetric_by_log2"; }
  template <element_format Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element& e) noexcept {
    return {.scale = power_from(maximum(magnitude(r.min), magnitude(r.max)) / largest_level(e))};
  }
  /// 2^ceil(float(log2(x))), x not negative.
  [[nodiscard]] HALFTONE_INLINE static constexpr float power_from(float x) noexcept {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    const std::uint32_t exponent = bits >> 23;
    const std::uint32_t distance = chosen(exponent < 127, 126 - exponent, exponent - 127);
    const std::uint32_t taken = chosen(distance >= 4, 1u, 0u) + chosen(distance >= 8, 1u, 0u) + chosen(distance >= 16, 3u, 0u) +
                                chosen(distance >= 32, 6u, 0u) + chosen(distance >= 64, 11u, 0u);
    const std::uint32_t up = chosen((bits & 0x7fffffu) > taken, 1u, 0u);
    const std::uint32_t field = (bits >> 23) + up;
    const std::uint32_t normal = chosen(field > 254, 254u, field) << 23;
    // Of subnormal numbers 2^-127 is the smallest power, and half as many floats lie above it.
    const std::uint32_t small = chosen(bits > 0x0040000bu, 0x00800000u, 0x00400000u);
    const std::uint32_t power = chosen(bits < 0x00800000u, small, normal);
    return std::bit_cast<float>(chosen(bits == 0, 0u, power));
  }
};

/// NVFP4, the upper level: amax of the tensor / (6 * 448).
struct nvfp4_tensor_scale {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "modelopt_nvfp4_tensor_scale"; }
  template <element_format Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    return {.scale = r.max / 2688.0f};
  }
};
/// and of its blocks: amax / (6 * upper scale), the product rounded.
struct by_six_scales {
  [[nodiscard]] static std::string name() { return "modelopt_by_six_scales"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr float factor_of(float scale) noexcept {
    return by_division::factor_of(product(6.0f, scale));
  }
  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE static constexpr Lanes scaled(Lanes x, Lanes factor) noexcept {
    return x / factor;
  }
};
/// The lower level hands amax of each block to the scheme of its plane of scales, which makes the scale of it.
struct nvfp4_block_amax {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "modelopt_nvfp4_block_amax"; }
  template <element_format Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    return {.scale = maximum(magnitude(r.min), magnitude(r.max))};
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::tensorrt

namespace halftone::inline v0_1 {
template <>
inline constexpr bool positive_scale<tensorrt::stored_reciprocal> = true;
template <>
inline constexpr bool scale_above_zero<tensorrt::stored_reciprocal> = true;
template <>
inline constexpr bool positive_scale<tensorrt::symmetric_from_1e_5> = true;
template <>
inline constexpr bool scale_above_zero<tensorrt::symmetric_from_1e_5> = true;
template <>
inline constexpr bool positive_scale<tensorrt::symmetric_or_one> = true;
template <>
inline constexpr bool scale_above_zero<tensorrt::symmetric_or_one> = true;
template <>
inline constexpr bool widens_to_zero<tensorrt::symmetric_or_one> = true;
template <>
inline constexpr bool positive_scale<tensorrt::symmetric_by_log2> = true;
template <>
inline constexpr bool positive_scale<tensorrt::nvfp4_block_amax> = true;
template <>
inline constexpr bool widens_to_zero<tensorrt::stored_reciprocal> = true;
template <>
inline constexpr bool widens_to_zero<tensorrt::symmetric_from_1e_5> = true;
template <>
inline constexpr bool widens_to_zero<tensorrt::symmetric_by_log2> = true;
template <>
inline constexpr bool widens_to_zero<tensorrt::nvfp4_block_amax> = true;
}  // namespace halftone::inline v0_1
