// SPDX-License-Identifier: MIT
// Halftone: weights of an ONNX model as matrices.
#pragma once

#include <halftone/format/onnx/bnb4.hpp>
#include <halftone/format/onnx/nbits.hpp>
#include <halftone/io/onnx_numbers.hpp>
#include <halftone/scheme/granularity.hpp>

namespace halftone::inline v0_1 {

namespace detail {

/// Which scales of DequantizeLinear a granularity has: one; one for each along an axis (block 0); one for a block along it.
template <class Granularity>
struct onnx_grouping {
  static constexpr bool known = false;
};
template <bool AlongK, std::size_t Block, bool One = false>
struct onnx_groups_along {
  static constexpr bool known = true, one = One, along_k = AlongK;
  static constexpr std::size_t block = Block;
};
template <>
struct onnx_grouping<per_tensor> : onnx_groups_along<false, 0, true> {};
template <>
struct onnx_grouping<per_channel<0>> : onnx_groups_along<false, 0> {};
template <>
struct onnx_grouping<per_channel<1>> : onnx_groups_along<true, 0> {};
template <std::size_t N>
struct onnx_grouping<per_group<N>> : onnx_groups_along<true, N> {};
template <std::size_t N>
struct onnx_grouping<per_block<N, 1>> : onnx_groups_along<false, N> {};

template <class Storage>
inline constexpr bool is_onnx_storage =
    std::is_same_v<Storage, stored_as<fp32>> || std::is_same_v<Storage, stored_as<fp16>> || std::is_same_v<Storage, stored_as<bf16>>;
/// The type of floats that are stored so; the widest for what keeps them all.
template <class Storage>
inline constexpr onnx_type onnx_type_of_storage = std::is_same_v<Storage, stored_as<fp16>>   ? onnx_type::FLOAT16
                                                  : std::is_same_v<Storage, stored_as<bf16>> ? onnx_type::BFLOAT16
                                                                                             : onnx_type::FLOAT;

/// Floats without scales.
template <class Scheme>
concept onnx_float_scheme = Scheme::equation == equation::level_only && std::is_same_v<typename Scheme::granularity_type, per_tensor> &&
                            is_onnx_storage<stored_as<typename Scheme::element_type>>;
/// Codes of DequantizeLinear and of the integer operators.
template <class Scheme>
concept onnx_code_scheme =
    onnx_type_of_element<typename Scheme::element_type>().has_value() && onnx_grouping<typename Scheme::granularity_type>::known &&
    Scheme::has_scale && !Scheme::has_offset && !Scheme::has_own_real && is_onnx_storage<typename Scheme::scale_storage>;
/// Codes of MatMulNBits: without zero points, with integers, with floats.
template <class Scheme>
concept onnx_block_scheme =
    onnx::nbits_scheme<Scheme> && Scheme::has_scale && is_onnx_storage<typename Scheme::scale_storage> &&
    (Scheme::has_offset ? std::is_same_v<typename Scheme::mapping_type, torch::float_qparams>
                        : !Scheme::has_own_real && Scheme::has_zero_point == (Scheme::element_type::min == 0));

/// Sets scales, which must be finite. @return  why not
template <class Scheme>
[[nodiscard]] std::optional<file_failure> set_onnx_scales(const onnx_layer& layer, onnx::tensor_order order, quantized_matrix<Scheme>& q) {
  if (layer.parameters.scale == nullptr) {
    onnx::set_scales(std::vector<float>(q.group_count(), 1.0f), order, q);
    return std::nullopt;
  }
  const result<std::vector<float>> scales = read_onnx_floats(*layer.parameters.scale, onnx_type_of_storage<typename Scheme::scale_storage>);
  if (!scales) {
    return scales.failure();
  }
  for (std::size_t i = 0; i < scales.value().size(); ++i) {
    if (!is_finite(scales.value()[i])) {
      return onnx_refusal(*layer.parameters.scale, file_error::malformed, "scale ", i, " is ", scales.value()[i]);
    }
  }
  onnx::set_scales(scales.value(), order, q);
  return std::nullopt;
}

/// Codes of integers that leave out one: a file may hold it. @return  why the matrix is none of its scheme
template <class Scheme>
[[nodiscard]] std::optional<file_failure> check_onnx_levels(const onnx_layer& layer, const quantized_matrix<Scheme>& q) {
  using Element = typename Scheme::element_type;
  if constexpr (uniform_element<Element>) {
    if constexpr (Element::max - Element::min + 1 != 1 << Element::bits) {
      for (std::size_t i = 0; i < q.rows() * q.cols(); ++i) {
        if (Element::level_of(q.code_at(i / q.cols(), i % q.cols())) < Element::min) {
          return onnx_refusal(*layer.weights, file_error::scheme_mismatch, "weight ", i, " of the matrix is ",
                              Element::level_of(q.code_at(i / q.cols(), i % q.cols())), ", which the scheme leaves out");
        }
      }
    }
  }
  return std::nullopt;
}

/// Zero points of DequantizeLinear, packed as codes are; 0 where there are none.
template <class Scheme>
[[nodiscard]] std::optional<file_failure> set_onnx_zero_points(const onnx_layer& layer, quantized_matrix<Scheme>& q) {
  using Element = typename Scheme::element_type;
  const onnx_tensor* const tensor = layer.parameters.zero_point;
  if (tensor == nullptr) {
    if constexpr (Scheme::has_zero_point) {
      q.clear_zero_points();
      for (std::size_t g = 0; g < q.group_count(); ++g) {
        q.set_zero_point(g, 0);
      }
    }
    return std::nullopt;
  }
  const result<onnx_content> content = content_of(*tensor);
  if (!content) {
    return content.failure();
  }
  const std::span<const std::uint8_t> bytes = content.value().bytes();
  for (std::size_t i = 0; i < q.group_count(); ++i) {
    const std::uint32_t code = read_code<Element::bits>(bytes.data(), i);
    if constexpr (!Scheme::has_zero_point) {
      if (code != 0) {
        return onnx_refusal(*tensor, file_error::scheme_mismatch, "zero point ", i, " has code ", code, "; the scheme has none");
      }
    } else if (Element::level_of(code) < Element::min) {
      return onnx_refusal(*tensor, file_error::scheme_mismatch, "zero point ", i, " is ", Element::level_of(code), ", which the scheme leaves out");
    }
  }
  if constexpr (Scheme::has_zero_point) {
    onnx::set_zero_points(bytes, layer.order, q);
  }
  return std::nullopt;
}

template <class Scheme>
[[nodiscard]] result<quantized_matrix<Scheme>> read_onnx_codes(const onnx_layer& layer) {
  using grouping = onnx_grouping<typename Scheme::granularity_type>;
  const std::uint64_t scales = layer.parameters.scale != nullptr        ? layer.parameters.scale->count()
                               : layer.parameters.zero_point != nullptr ? layer.parameters.zero_point->count()
                                                                        : 1;
  const bool one = scales == 1 && layer.block == 0;
  if (layer.weights->type != *onnx_type_of_element<typename Scheme::element_type>()) {
    return onnx_refusal(*layer.weights, file_error::scheme_mismatch, "its type is ", name_of(layer.weights->type), ", not ",
                        name_of(*onnx_type_of_element<typename Scheme::element_type>()));
  }
  const matrix_shape groups = Scheme::granularity_type::parameter_shape(layer.shape);
  if (one ? groups.rows * groups.cols != 1 : grouping::one || grouping::along_k != layer.along_k || grouping::block != layer.block) {
    return onnx_refusal(*layer.node, file_error::scheme_mismatch, scales, one ? " scale" : layer.along_k ? " scales along k" : " scales along n",
                        " in blocks of ", layer.block, ", not ", Scheme::granularity_type::name());
  }
  const result<onnx_content> content = content_of(*layer.weights);
  if (!content) {
    return content.failure();
  }
  quantized_matrix<Scheme> q(layer.shape);
  onnx::from_tensor(content.value().bytes(), layer.order, q);
  for (const std::optional<file_failure>& failure :
       {set_onnx_scales(layer, layer.order, q), set_onnx_zero_points(layer, q), check_onnx_levels(layer, q)}) {
    if (failure) {
      return *failure;
    }
  }
  return q;
}

template <class Scheme>
[[nodiscard]] result<quantized_matrix<Scheme>> read_onnx_nbits(const onnx_layer& layer) {
  constexpr std::size_t block = Scheme::granularity_type::group_size;
  constexpr auto order = onnx::tensor_order::n_by_k;
  const onnx_tensor* const zero = layer.parameters.zero_point;
  if (layer.bits != Scheme::element_type::bits || layer.block != block) {
    return onnx_refusal(*layer.node, file_error::scheme_mismatch, layer.bits, " bits in blocks of ", layer.block, ", not ",
                        unsigned{Scheme::element_type::bits}, " in blocks of ", block);
  }
  const bool are_floats = zero != nullptr && zero->type != onnx_type::UINT8;
  if (Scheme::has_offset ? !are_floats : are_floats || (zero != nullptr && !Scheme::has_zero_point)) {
    return onnx_refusal(*layer.node, file_error::scheme_mismatch, zero == nullptr ? "no zero points" : are_floats ? "zero points that are floats" : "zero points",
                        ", other than the scheme");
  }
  const result<onnx_content> content = content_of(*layer.weights);
  if (!content) {
    return content.failure();
  }
  quantized_matrix<Scheme> q(layer.shape);
  onnx::from_nbits(content.value().bytes(), q);
  if (std::optional<file_failure> failure = set_onnx_scales(layer, order, q)) {
    return *std::move(failure);
  }
  if constexpr (Scheme::has_offset) {
    const result<std::vector<float>> points = read_onnx_floats(*zero, onnx_type_of_storage<typename Scheme::offset_storage>);
    if (!points) {
      return points.failure();
    }
    for (std::size_t g = 0; g < q.group_count(); ++g) {
      if (!is_finite(points.value()[g])) {
        return onnx_refusal(*zero, file_error::malformed, "zero point ", g, " is ", points.value()[g]);
      }
      q.offset_plane().set(g, points.value()[g]);
    }
  } else if constexpr (Scheme::has_zero_point) {
    if (zero == nullptr) {
      q.clear_zero_points();
      for (std::size_t g = 0; g < q.group_count(); ++g) {
        q.set_zero_point(g, 1 << (Scheme::element_type::bits - 1));
      }
    } else {
      const result<onnx_content> points = content_of(*zero);
      if (!points) {
        return points.failure();
      }
      onnx::set_nbits_zero_points(points.value().bytes(), q);
    }
  }
  if (std::optional<file_failure> failure = check_onnx_levels(layer, q)) {
    return *std::move(failure);
  }
  return q;
}

template <class Scheme>
[[nodiscard]] result<quantized_matrix<Scheme>> read_onnx_bnb4(const onnx_layer& layer) {
  constexpr bool is_nf4 = target::detail::same_values<typename Scheme::element_type, nf4>();
  if (layer.is_nf4 != is_nf4 || layer.block != bitsandbytes::block_size<Scheme>) {
    return onnx_refusal(*layer.node, file_error::scheme_mismatch, layer.is_nf4 ? "nf4" : "fp4", " in blocks of ", layer.block, ", not ",
                        is_nf4 ? "nf4" : "fp4", " in blocks of ", bitsandbytes::block_size<Scheme>);
  }
  const result<onnx_content> content = content_of(*layer.weights);
  if (!content) {
    return content.failure();
  }
  quantized_matrix<Scheme> q(layer.shape);
  if (std::optional<file_failure> failure = bitsandbytes::read_codes(content.value().bytes(), q)) {
    return *std::move(failure);
  }
  if (std::optional<file_failure> failure = set_onnx_scales(layer, onnx::tensor_order::n_by_k, q)) {
    return *std::move(failure);
  }
  return q;
}

template <class Scheme>
[[nodiscard]] result<quantized_matrix<Scheme>> read_onnx_matrix_of_floats(const onnx_layer& layer) {
  constexpr onnx_type type = onnx_type_of_storage<stored_as<typename Scheme::element_type>>;
  if (layer.weights->type != type) {
    return onnx_refusal(*layer.weights, file_error::scheme_mismatch, "its type is ", name_of(layer.weights->type), ", not ", name_of(type));
  }
  const result<onnx_content> content = content_of(*layer.weights);
  if (!content) {
    return content.failure();
  }
  quantized_matrix<Scheme> q(layer.shape);
  onnx::from_tensor(content.value().bytes(), layer.order, q);
  return q;
}

}  // namespace detail

/// Schemes of matrices that a model can hold.
template <class Scheme>
concept onnx_scheme = scheme_type<Scheme> && (detail::onnx_float_scheme<Scheme> || detail::onnx_code_scheme<Scheme> ||
                                              detail::onnx_block_scheme<Scheme> || bitsandbytes::block_scheme<Scheme>);

/// The weights of a layer. Codes and parameters are the file's; what lies beyond k in blocks is dropped.
/// @tparam Scheme  `onnx::linear<Element, Granularity>` and its like, or floats without a scale; `onnx::mat_mul_nbits...`,
///                 `onnx::bnb4_...`. Scales of 16 bits may be stored as fp32.
/// @return  scheme_mismatch for another form, type, granularity or block size than the scheme's, zero points that it does not have, and
///          scales that its storage does not keep; malformed for scales that are not finite; not_found for external data of a file
///          that is in memory
/// @par Memory  the matrix and its scales; numbers that are no raw data are copied once
template <onnx_scheme Scheme>
[[nodiscard]] result<quantized_matrix<Scheme>> read_matrix(const onnx_layer& layer) {
  using kind = onnx_layer::kind;
  if constexpr (detail::onnx_float_scheme<Scheme>) {
    if (layer.form == kind::floats) {
      return detail::read_onnx_matrix_of_floats<Scheme>(layer);
    }
  }
  if constexpr (detail::onnx_code_scheme<Scheme>) {
    if (layer.form == kind::codes) {
      return detail::read_onnx_codes<Scheme>(layer);
    }
  }
  if constexpr (detail::onnx_block_scheme<Scheme>) {
    if (layer.form == kind::nbits) {
      return detail::read_onnx_nbits<Scheme>(layer);
    }
  }
  if constexpr (bitsandbytes::block_scheme<Scheme>) {
    if (layer.form == kind::bnb4) {
      return detail::read_onnx_bnb4<Scheme>(layer);
    }
  }
  return detail::onnx_refusal(*layer.node, file_error::scheme_mismatch, "its weights are of another kind than the scheme");
}

}  // namespace halftone::inline v0_1
