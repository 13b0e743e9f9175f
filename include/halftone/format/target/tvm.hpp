// SPDX-License-Identifier: MIT
// Halftone: what TVM accepts as weights: tensors before relax.dequantize, and the words of MLC's group quantization.
#pragma once

#include <halftone/element/integer.hpp>
#include <halftone/format/target/rules.hpp>

namespace halftone::inline v0_1::target {

class tvm {
  template <class E>
  static constexpr bool is_relax = detail::is_integer<E, 8, true> || detail::is_integer<E, 8, false> || detail::is_integer<E, 16, true>;
  template <class E>
  static constexpr bool is_word_code = (detail::is_integer<E, 4, true> || detail::is_integer<E, 3, true>) && detail::is_narrow<E>;
  template <class E>
  static constexpr bool is_float = std::same_as<E, fp32> || std::same_as<E, fp16>;

 public:
  [[nodiscard]] static constexpr std::string_view name() { return "TVM"; }

  struct tvm_elements_are_int8_uint8_int16_or_narrow_int4_int3 {
    static constexpr std::string_view text =
        "TVM: elements are int8, uint8 and int16 of relax.dequantize, and int4 and int3 without their lowest level, of MLC; floats";
    template <class S, class E = typename S::element_type>
    static constexpr bool holds = is_relax<E> || is_word_code<E> || is_float<E>;
  };
  struct tvm_zero_points_are_codes {
    static constexpr std::string_view text =
        "TVM: real numbers are scale * (code - zero point), of MLC scale * level, and of floats the codes themselves";
    template <class S, class E = typename S::element_type>
    static constexpr bool holds = is_float<E> ? S::equation == equation::level_only
                                              : detail::has_scale_alone<S> || (is_relax<E> && detail::has_integer_zero_point<S>);
  };
  struct tvm_relax_has_a_scale_for_the_tensor_or_an_axis {
    static constexpr std::string_view text = "TVM: relax.dequantize has one scale, or one for each row or column";
    template <class S, class G = typename S::granularity_type>
    static constexpr bool holds = !is_relax<typename S::element_type> || std::same_as<G, per_tensor> || detail::is_per_channel<G>;
  };
  struct tvm_groups_are_whole_words {
    static constexpr std::string_view text = "TVM: groups of MLC are whole words of 8 codes of 4 bits or 10 of 3";
    template <class S, class E = typename S::element_type, std::size_t N = detail::group_length<typename S::granularity_type>>
    static constexpr bool holds = !is_word_code<E> || (N != 0 && N % (E::bits == 3 ? 10 : 8) == 0);
  };
  struct tvm_scales_are_floats {
    static constexpr std::string_view text = "TVM: scales are floats of 32 bits, of MLC of 16 bits";
    template <class S>
    static constexpr bool holds = !S::has_scale || (is_word_code<typename S::element_type>
                                                        ? detail::is_stored_as<typename S::scale_storage, fp16>
                                                        : detail::is_stored_as<typename S::scale_storage, fp32>);
  };
  using rules = rule_list<tvm_elements_are_int8_uint8_int16_or_narrow_int4_int3, tvm_zero_points_are_codes,
                          tvm_relax_has_a_scale_for_the_tensor_or_an_axis, tvm_groups_are_whole_words, tvm_scales_are_floats>;
};

}  // namespace halftone::inline v0_1::target
