// SPDX-License-Identifier: MIT
// Halftone: tensors of a .tflite file as matrices, parameters and numbers.
#pragma once

#include <halftone/format/tflite/flat_codes.hpp>
#include <halftone/format/tflite/schemes.hpp>
#include <halftone/io/tflite_tensor.hpp>

namespace halftone::inline v0_1 {

namespace detail {

/// The type of tensors with these codes; none for elements that the schema does not know.
template <class Element>
[[nodiscard]] constexpr std::optional<tflite_type> tflite_type_of_element() noexcept {
  if constexpr (std::is_same_v<Element, fp32>) {
    return tflite_type::FLOAT32;
  } else if constexpr (std::is_same_v<Element, fp16>) {
    return tflite_type::FLOAT16;
  } else if constexpr (std::is_same_v<Element, bf16>) {
    return tflite_type::BFLOAT16;
  } else if constexpr (uniform_element<Element>) {
    constexpr bool is_signed = Element::min < 0;
    switch (Element::bits) {
      case 2: return is_signed ? std::optional(tflite_type::INT2) : std::nullopt;
      case 4: return is_signed ? tflite_type::INT4 : tflite_type::UINT4;
      case 8: return is_signed ? tflite_type::INT8 : tflite_type::UINT8;
      case 16: return is_signed ? tflite_type::INT16 : tflite_type::UINT16;
      default: return std::nullopt;
    }
  } else {
    return std::nullopt;
  }
}

template <class T>
inline constexpr std::optional<tflite_type> tflite_type_of_number =
    std::is_same_v<T, std::int32_t>   ? std::optional(tflite_type::INT32)
    : std::is_same_v<T, std::int64_t> ? std::optional(tflite_type::INT64)
    : std::is_same_v<T, float>        ? std::optional(tflite_type::FLOAT32)
                                      : std::nullopt;

template <class... Parts>
[[nodiscard]] file_failure tflite_refusal(const tflite_tensor& tensor, file_error code, std::uint64_t offset, const Parts&... parts) {
  return {code, offset, message("tflite: tensor ", in_quotes(tensor.name), ": ", parts...)};
}

/// Why a tensor is no constant of this type, if so.
[[nodiscard]] inline std::optional<file_failure> refuse_tflite_constant(const tflite_tensor& tensor, tflite_type wanted) {
  if (tensor.type != wanted) {
    return tflite_refusal(tensor, file_error::scheme_mismatch, tensor.offset, "its type is ", name_of(tensor.type), ", not ",
                          name_of(wanted));
  }
  if (tensor.is_sparse || tensor.is_external) {
    return tflite_refusal(tensor, file_error::unknown_type, tensor.offset, "it is ",
                          tensor.is_sparse ? "sparse" : "in another file", ", which is not read");
  }
  bool is_empty = false;
  for (const std::uint32_t extent : tensor.dims()) {
    is_empty = is_empty || extent == 0;
  }
  if (tensor.bytes.empty() && !is_empty) {
    return tflite_refusal(tensor, file_error::not_found, tensor.offset, "it is no constant");
  }
  return std::nullopt;
}

}  // namespace detail

/// Schemes of matrices that a file can hold: integers with one scale or one a row, or floats.
template <class Scheme>
concept tflite_scheme =
    scheme_type<Scheme> && detail::tflite_type_of_element<typename Scheme::element_type>().has_value() &&
    (Scheme::equation == equation::level_only ||
     ((Scheme::equation == equation::scaled || Scheme::equation == equation::scaled_zero_point) &&
      std::is_same_v<typename Scheme::scale_storage, stored_as<fp32>>)) &&
    (std::is_same_v<typename Scheme::granularity_type, per_tensor> ||
     std::is_same_v<typename Scheme::granularity_type, per_channel<0>>);

/// A constant tensor of two dimensions as a matrix: weights [n, k] of FULLY_CONNECTED. The codes are the file's.
/// @return  scheme_mismatch for another type, rank, count of scales or zero points than the scheme's; malformed for scales that
///          are negative or not finite and zero points that are no level; not_found for a tensor that the model computes
/// @par Memory  the matrix
template <tflite_scheme Scheme>
[[nodiscard]] result<quantized_matrix<Scheme>> read_matrix(const tflite_tensor& tensor) {
  using Element = typename Scheme::element_type;
  using detail::tflite_refusal;
  if (auto failure = detail::refuse_tflite_constant(tensor, *detail::tflite_type_of_element<Element>())) {
    return *std::move(failure);
  }
  if (tensor.rank != 2) {
    return tflite_refusal(tensor, file_error::scheme_mismatch, tensor.offset, tensor.rank, " dimensions, not the 2 of a matrix");
  }
  if (tensor.bytes.empty()) {  // no weights; one extent may be more than memory holds
    return quantized_matrix<Scheme>(matrix_shape{tensor.extents[0], tensor.extents[0] == 0 ? 0 : tensor.extents[1]});
  }
  quantized_matrix<Scheme> q(matrix_shape{tensor.extents[0], tensor.extents[1]});
  if constexpr (Scheme::has_scale) {
    const tflite_quantization& quantization = tensor.quantization;
    if (quantization.has_details()) {
      return tflite_refusal(tensor, file_error::scheme_mismatch, tensor.offset, "its scales are not one for all or one a row");
    }
    if (quantization.size() != q.group_count() || quantization.axis() != 0) {
      return tflite_refusal(tensor, file_error::scheme_mismatch, tensor.offset, quantization.size(), " scales along axis ",
                            quantization.axis(), ", not ", q.group_count(), " along axis 0");
    }
    for (std::size_t g = 0; g < q.group_count(); ++g) {
      const float scale = quantization.scale(g);
      if (!is_finite(scale) || scale < 0.0f) {
        return tflite_refusal(tensor, file_error::malformed, quantization.offset() + 4 * g, "scale ", g, " is ", scale);
      }
      const std::int64_t zero_point = quantization.zero_point(g);
      if constexpr (Scheme::has_zero_point) {
        if (zero_point < Element::min || zero_point > Element::max) {
          return tflite_refusal(tensor, file_error::malformed, tensor.offset, "zero point ", zero_point, ", outside ",
                                std::int32_t{Element::min}, "..", std::int32_t{Element::max});
        }
        q.set_zero_point(g, static_cast<std::int32_t>(zero_point));
      } else if (zero_point != 0) {
        return tflite_refusal(tensor, file_error::scheme_mismatch, tensor.offset, "zero point ", zero_point,
                              ", which the scheme does not have");
      }
      q.scale_plane().set(g, scale);
    }
  }
  tflite::from_flat(tensor.bytes, q);
  if constexpr (uniform_element<Element>) {
    if constexpr (Element::max - Element::min + 1 != 1 << Element::bits) {  // narrow: a file may hold the code that it leaves out
      for (std::size_t i = 0; i < q.rows() * q.cols(); ++i) {
        if (Element::level_of(q.code_at(i / q.cols(), i % q.cols())) < Element::min) {
          return tflite_refusal(tensor, file_error::scheme_mismatch, tensor.offset, "element ", i, " is ",
                                Element::level_of(q.code_at(i / q.cols(), i % q.cols())), ", which the scheme leaves out");
        }
      }
    }
  }
  return q;
}

/// A constant tensor of two dimensions whose scales are of blocks along k, in `scales`, the tensor that its blocks name. The codes and
/// scales are the file's.
/// @return  scheme_mismatch for another type, rank or block size, rows that are not whole blocks, zero points, and
///          scales of another type or count; malformed for scales that are negative or not finite; not_found for a tensor that the model
///          computes
/// @par Memory  the matrix
template <signed_element Element, std::size_t N>
  requires(detail::tflite_type_of_element<Element>().has_value())
[[nodiscard]] result<quantized_matrix<tflite::block_weights<Element, N>>> read_blocks(const tflite_tensor& tensor,
                                                                                      const tflite_tensor& scales) {
  using Scheme = tflite::block_weights<Element, N>;
  using detail::tflite_refusal;
  if (auto failure = detail::refuse_tflite_constant(tensor, *detail::tflite_type_of_element<Element>())) {
    return *std::move(failure);
  }
  if (auto failure = detail::refuse_tflite_constant(scales, tflite_type::FLOAT16)) {
    return *std::move(failure);
  }
  const std::optional<tflite_blocks>& blocks = tensor.quantization.blocks();
  if (!blocks || blocks->block_size != N || blocks->zero_points || tensor.rank != 2 || tensor.extents[1] % N != 0) {
    return tflite_refusal(tensor, file_error::scheme_mismatch, tensor.offset, "it is no matrix of whole blocks of ", N,
                          " along each row, without zero points");
  }
  if (tensor.bytes.empty()) {
    return quantized_matrix<Scheme>(matrix_shape{tensor.extents[0], tensor.extents[0] == 0 ? 0 : tensor.extents[1]});
  }
  const std::size_t group_count = std::size_t{tensor.extents[0]} * (tensor.extents[1] / N);
  if (scales.bytes.size() != 2 * group_count) {
    return tflite_refusal(scales, file_error::scheme_mismatch, scales.offset, scales.bytes.size() / 2, " scales, not ", group_count);
  }
  quantized_matrix<Scheme> q(matrix_shape{tensor.extents[0], tensor.extents[1]});
  for (std::size_t g = 0; g < group_count; ++g) {
    const float scale = fp16::decode(read_code<16>(scales.bytes.data(), g));
    if (!is_finite(scale) || scale < 0.0f) {
      return tflite_refusal(scales, file_error::malformed, scales.offset, "scale ", g, " is ", scale);
    }
    q.scale_plane().set(g, scale);
  }
  tflite::from_flat(tensor.bytes, q);
  return q;
}

/// The parameters of a tensor with one scale: activations.
/// @return  scheme_mismatch for another count of scales; malformed for a scale that is not positive and finite, or a zero point
///          outside of 32 bits
[[nodiscard]] inline result<group_parameters> read_parameters(const tflite_tensor& tensor) {
  const tflite_quantization& quantization = tensor.quantization;
  if (quantization.size() != 1 || quantization.has_details()) {
    return detail::tflite_refusal(tensor, file_error::scheme_mismatch, tensor.offset, quantization.size(), " scales, not 1");
  }
  const float scale = quantization.scale(0);
  if (!is_finite(scale) || scale <= 0.0f) {
    return detail::tflite_refusal(tensor, file_error::malformed, quantization.offset(), "scale 0 is ", scale);
  }
  const std::int64_t zero_point = quantization.zero_point(0);
  if (zero_point != static_cast<std::int32_t>(zero_point)) {
    return detail::tflite_refusal(tensor, file_error::malformed, tensor.offset, "zero point ", zero_point, ", outside of 32 bits");
  }
  return group_parameters{.scale = scale, .zero_point = static_cast<std::int32_t>(zero_point)};
}

/// The numbers of a constant tensor of any rank: biases. T: std::int32_t, std::int64_t or float.
template <class T>
  requires(detail::tflite_type_of_number<T>.has_value())
[[nodiscard]] result<std::vector<T>> read_numbers(const tflite_tensor& tensor) {
  if (auto failure = detail::refuse_tflite_constant(tensor, *detail::tflite_type_of_number<T>)) {
    return *std::move(failure);
  }
  const detail::flat_reader bytes(tensor.bytes, "tflite");
  std::vector<T> numbers(tensor.bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = bytes.at<T>(i * sizeof(T));
  }
  return numbers;
}

}  // namespace halftone::inline v0_1
