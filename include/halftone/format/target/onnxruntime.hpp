// SPDX-License-Identifier: MIT
// Halftone: what ONNX Runtime accepts as weights: tensors before DequantizeLinear, and the operators MatMulNBits and MatMulBnb4.
#pragma once

#include <halftone/element/integer.hpp>
#include <halftone/element/minifloat.hpp>
#include <halftone/element/tables.hpp>
#include <halftone/format/target/rules.hpp>
#include <halftone/format/torch/float_zero_point.hpp>

namespace halftone::inline v0_1::target {

class onnxruntime {
  template <class E>
  static constexpr bool is_small_float =
      detail::same_values<E, fp8_e4m3fn>() || detail::same_values<E, fp8_e5m2>() || detail::same_values<E, fp8_e4m3fnuz>() ||
      detail::same_values<E, fp8_e5m2fnuz>();
  template <class E>
  static constexpr bool is_bnb4 = detail::same_values<E, nf4>() || detail::same_values<E, fp4_bnb>();
  template <class E>
  static constexpr bool is_float = std::same_as<E, fp32> || std::same_as<E, fp16> || std::same_as<E, bf16>;
  template <class S>
  static constexpr bool has_float_zero_point = std::same_as<typename S::mapping_type, torch::float_qparams>;
  template <std::size_t N>
  static constexpr bool is_block = N >= 16 && std::has_single_bit(N);

 public:
  [[nodiscard]] static constexpr std::string_view name() { return "ONNX Runtime"; }

  struct onnxruntime_elements_are_tensor_types {
    static constexpr std::string_view text =
        "ONNX Runtime: elements are integers of 2, 4, 8 and 16 bits, fp8 of four types, nf4, the fp4 of bitsandbytes and floats; "
        "not fp4 e2m1, which ONNX has";
    template <class S, class E = typename S::element_type>
    static constexpr bool holds =
        (uniform_element<E> ? (E::bits == 2 || E::bits == 4 || E::bits == 8 || E::bits == 16) : false) || is_small_float<E> ||
        is_bnb4<E> || is_float<E>;
  };
  struct onnxruntime_zero_points_are_codes {
    static constexpr std::string_view text =
        "ONNX Runtime: real numbers are scale * (code - zero point); zero points are codes, and 0 where codes are floats or tables; "
        "floats of 32 and 16 bits have no scale";
    template <class S, class E = typename S::element_type>
    static constexpr bool holds = is_float<E> ? S::equation == equation::level_only
                                              : detail::has_scale_alone<S> || detail::has_integer_zero_point<S> || has_float_zero_point<S>;
  };
  struct onnxruntime_float_zero_points_want_blocks {
    static constexpr std::string_view text =
        "ONNX Runtime: zero points that are floats are MatMulNBits's: 2 or 4 bits without sign, blocks of a power of two from 16 on";
    template <class S, class E = typename S::element_type>
    static constexpr bool holds = !has_float_zero_point<S> ||
                                  ((detail::is_integer<E, 2, false> || detail::is_integer<E, 4, false>) &&
                                   is_block<detail::group_length<typename S::granularity_type>>);
  };
  struct onnxruntime_tables_have_flat_blocks {
    static constexpr std::string_view text =
        "ONNX Runtime: nf4 and the fp4 of bitsandbytes are MatMulBnb4's: flat blocks of a power of two from 16 on";
    template <class S>
    static constexpr bool holds = !is_bnb4<typename S::element_type> || is_block<detail::flat_length<typename S::granularity_type>>;
  };
  struct onnxruntime_scales_are_for_the_tensor_an_axis_or_blocks_of_one {
    static constexpr std::string_view text =
        "ONNX Runtime: a scale is for the tensor, for each row or column, or for blocks along one of both axes";
    template <class S, class E = typename S::element_type, class G = typename S::granularity_type>
    static constexpr bool holds = is_float<E> || is_bnb4<E> || std::same_as<G, per_tensor> || detail::is_per_channel<G> ||
                                  detail::group_length<G> != 0 || detail::is_column_block<G>;
  };
  struct onnxruntime_scales_are_floats {
    static constexpr std::string_view text = "ONNX Runtime: scales are floats of 32 or 16 bits";
    template <class S>
    static constexpr bool holds =
        !S::has_scale || detail::is_stored_as<typename S::scale_storage, fp32> || detail::is_stored_as<typename S::scale_storage, fp16>;
  };
  using rules = rule_list<onnxruntime_elements_are_tensor_types, onnxruntime_zero_points_are_codes, onnxruntime_float_zero_points_want_blocks,
                          onnxruntime_tables_have_flat_blocks, onnxruntime_scales_are_for_the_tensor_an_axis_or_blocks_of_one,
                          onnxruntime_scales_are_floats>;
};

}  // namespace halftone::inline v0_1::target
