// SPDX-License-Identifier: MIT
// Halftone: what TensorFlow Lite's FULLY_CONNECTED accepts as weights.
#pragma once

#include <halftone/element/integer.hpp>
#include <halftone/format/target/rules.hpp>

namespace halftone::inline v0_1::target {

class tflite {
  template <class E>
  static constexpr bool is_signed = detail::is_integer<E, 8, true> || detail::is_integer<E, 4, true> || detail::is_integer<E, 2, true>;
  template <class E>
  static constexpr bool is_float = std::same_as<E, fp32> || std::same_as<E, fp16>;

 public:
  [[nodiscard]] static constexpr std::string_view name() { return "TensorFlow Lite"; }

  struct tflite_elements_are_int8_int4_int2_uint8_floats {
    static constexpr std::string_view text = "TensorFlow Lite: elements are int8, int4, int2, uint8 and floats of 32 and 16 bits";
    template <class S, class E = typename S::element_type>
    static constexpr bool holds = is_signed<E> || detail::is_integer<E, 8, false> || is_float<E>;
  };
  struct tflite_signed_weights_have_zero_point_zero {
    static constexpr std::string_view text =
        "TensorFlow Lite: real numbers are scale * code where codes have a sign, scale * (code - zero point) of uint8, and codes of floats";
    template <class S, class E = typename S::element_type>
    static constexpr bool holds = is_float<E>    ? S::equation == equation::level_only
                                  : is_signed<E> ? detail::has_scale_alone<S>
                                                 : detail::has_integer_zero_point<S>;
  };
  struct tflite_scales_are_for_the_tensor_or_rows {
    static constexpr std::string_view text = "TensorFlow Lite: a scale is for the tensor, or for each row if codes have a sign";
    template <class S, class E = typename S::element_type, class G = typename S::granularity_type>
    static constexpr bool holds = is_float<E> || std::same_as<G, per_tensor> || (is_signed<E> && std::same_as<G, per_channel<0>>);
  };
  struct tflite_scales_are_fp32 {
    static constexpr std::string_view text = "TensorFlow Lite: scales are floats of 32 bits";
    template <class S>
    static constexpr bool holds = !S::has_scale || detail::is_stored_as<typename S::scale_storage, fp32>;
  };
  using rules = rule_list<tflite_elements_are_int8_int4_int2_uint8_floats, tflite_signed_weights_have_zero_point_zero,
                          tflite_scales_are_for_the_tensor_or_rows, tflite_scales_are_fp32>;
};

}  // namespace halftone::inline v0_1::target
