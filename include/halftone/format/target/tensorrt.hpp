// SPDX-License-Identifier: MIT
// Halftone: what TensorRT accepts as weights: tensors before DequantizeLinear in a model, and ModelOpt's checkpoints.
#pragma once

#include <halftone/element/exponent.hpp>
#include <halftone/element/integer.hpp>
#include <halftone/element/minifloat.hpp>
#include <halftone/format/target/rules.hpp>
#include <halftone/scheme/symmetric.hpp>

namespace halftone::inline v0_1::target {

/// Its importer of ONNX models takes no scale of 0, which most mappings give a group of zeros: `tensorrt_imports`.
struct tensorrt {
  [[nodiscard]] static constexpr std::string_view name() { return "TensorRT"; }

  struct tensorrt_elements_are_int8_fp8_int4_fp4 {
    static constexpr std::string_view text = "TensorRT: elements are int8, fp8 e4m3, int4 and fp4 e2m1";
    template <class S, class E = typename S::element_type>
    static constexpr bool holds = detail::is_integer<E, 8, true> || detail::is_integer<E, 4, true> ||
                                  detail::same_values<E, fp8_e4m3fn>() || detail::same_values<E, fp4_e2m1>();
  };
  struct tensorrt_zero_points_are_zero {
    static constexpr std::string_view text = "TensorRT: real numbers are scale * code; its importer refuses zero points other than 0";
    template <class S>
    static constexpr bool holds = detail::has_scale_alone<S>;
  };
  struct tensorrt_scales_are_not_negative {
    static constexpr std::string_view text = "TensorRT: scales are not negative, and this mapping may choose a negative one";
    template <class S>
    static constexpr bool holds = positive_scale<typename S::mapping_type>;
  };
  struct tensorrt_int8_has_a_scale_for_the_tensor_or_a_channel {
    static constexpr std::string_view text = "TensorRT: int8 has one scale, or one for each channel";
    template <class S, class G = typename S::granularity_type>
    static constexpr bool holds = !detail::is_integer<typename S::element_type, 8, true> || std::same_as<G, per_tensor> ||
                                  detail::is_per_channel<G>;
  };
  struct tensorrt_int4_has_blocks_of_64_or_128 {
    static constexpr std::string_view text = "TensorRT: int4 has a scale for each block of 64 or 128 along k";
    template <class S, class G = typename S::granularity_type>
    static constexpr bool holds = !detail::is_integer<typename S::element_type, 4, true> || detail::group_length<G> == 64 ||
                                  detail::group_length<G> == 128;
  };
  struct tensorrt_fp8_has_a_scale_for_the_tensor_a_channel_or_32 {
    static constexpr std::string_view text = "TensorRT: fp8 has one scale, one for each channel, or a power of two (e8m0) for 32 along k";
    template <class S, class G = typename S::granularity_type>
    static constexpr bool holds =
        !detail::same_values<typename S::element_type, fp8_e4m3fn>() ||
        (detail::is_stored_as<typename S::scale_storage, e8m0_floor> ? detail::group_length<G> == 32
                                                                     : std::same_as<G, per_tensor> || detail::is_per_channel<G>);
  };
  struct tensorrt_fp4_has_fp8_scales_for_16_under_a_float {
    static constexpr std::string_view text = "TensorRT: fp4 has an fp8 e4m3 scale for 16 along k, under a float for the tensor";
    template <class S>
    static constexpr bool holds =
        !detail::same_values<typename S::element_type, fp4_e2m1>() ||
        (detail::group_length<typename S::granularity_type> == 16 &&
         detail::same_storage<typename S::scale_storage, quantized_again<scheme<fp8_e4m3fn, symmetric, per_tensor>>>);
  };
  struct tensorrt_scales_are_floats {
    static constexpr std::string_view text = "TensorRT: scales of int8, int4 and fp8 are floats of 32 or 16 bits";
    template <class S, class P = typename S::scale_storage>
    static constexpr bool holds = !detail::is_stored_singly<P> ? detail::same_values<typename S::element_type, fp4_e2m1>()
                                  : detail::is_stored_as<P, fp32> || detail::is_stored_as<P, fp16> || detail::is_stored_as<P, bf16> ||
                                        (detail::is_stored_as<P, e8m0_floor> && !uniform_element<typename S::element_type>);
  };
  using rules = rule_list<tensorrt_elements_are_int8_fp8_int4_fp4, tensorrt_zero_points_are_zero, tensorrt_scales_are_not_negative,
                          tensorrt_int8_has_a_scale_for_the_tensor_or_a_channel, tensorrt_int4_has_blocks_of_64_or_128,
                          tensorrt_fp8_has_a_scale_for_the_tensor_a_channel_or_32, tensorrt_fp4_has_fp8_scales_for_16_under_a_float,
                          tensorrt_scales_are_floats>;
};

/// Schemes of which TensorRT's importer takes every matrix: no scale is 0, whatever the weights are.
template <class S>
concept tensorrt_imports = accepted_by<tensorrt, S> && scale_above_zero<typename S::mapping_type>;

}  // namespace halftone::inline v0_1::target
