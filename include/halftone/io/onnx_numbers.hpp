// SPDX-License-Identifier: MIT
// Halftone: constants of an ONNX model as numbers: parameters of activations, biases.
#pragma once

#include <halftone/element/bit_packing.hpp>
#include <halftone/element/float_storage.hpp>
#include <halftone/element/integer.hpp>
#include <halftone/io/onnx_layer.hpp>
#include <halftone/scheme/parameters.hpp>

namespace halftone::inline v0_1 {

namespace detail {

template <class... Parts>
[[nodiscard]] file_failure onnx_refusal(const onnx_tensor& tensor, file_error code, const Parts&... parts) {
  return {code, tensor.offset, message("onnx: tensor ", in_quotes(tensor.name), ": ", parts...)};
}

/// The floats of a tensor, in the order of the file. @param storage  FLOAT takes all; others must be the tensor's own
[[nodiscard]] inline result<std::vector<float>> read_onnx_floats(const onnx_tensor& tensor, onnx_type storage) {
  const bool is_float = tensor.type == onnx_type::FLOAT || tensor.type == onnx_type::FLOAT16 || tensor.type == onnx_type::BFLOAT16;
  if (!is_float || (storage != onnx_type::FLOAT && storage != tensor.type)) {
    return onnx_refusal(tensor, file_error::scheme_mismatch, "its type is ", name_of(tensor.type), ", not ", name_of(storage));
  }
  const result<onnx_content> content = content_of(tensor);
  if (!content) {
    return content.failure();
  }
  const std::uint8_t* const bytes = content.value().bytes().data();
  std::vector<float> floats(static_cast<std::size_t>(tensor.count()));
  for (std::size_t i = 0; i < floats.size(); ++i) {
    floats[i] = tensor.type == onnx_type::FLOAT     ? fp32::decode(read_code<32>(bytes, i))
                : tensor.type == onnx_type::FLOAT16 ? fp16::decode(read_code<16>(bytes, i))
                                                    : bf16::decode(read_code<16>(bytes, i));
  }
  return floats;
}

}  // namespace detail

/// The numbers of a constant: float (of FLOAT, FLOAT16 and BFLOAT16), std::int32_t or std::int64_t.
/// @return  scheme_mismatch for a constant of another type
template <class T>
  requires(std::is_same_v<T, float> || std::is_same_v<T, std::int32_t> || std::is_same_v<T, std::int64_t>)
[[nodiscard]] result<std::vector<T>> read_numbers(const onnx_tensor& tensor) {
  if constexpr (std::is_same_v<T, float>) {
    return detail::read_onnx_floats(tensor, onnx_type::FLOAT);
  } else {
    constexpr onnx_type type = sizeof(T) == 4 ? onnx_type::INT32 : onnx_type::INT64;
    if (tensor.type != type) {
      return detail::onnx_refusal(tensor, file_error::scheme_mismatch, "its type is ", name_of(tensor.type), ", not ", name_of(type));
    }
    const result<onnx_content> content = content_of(tensor);
    if (!content) {
      return content.failure();
    }
    std::vector<T> numbers(static_cast<std::size_t>(tensor.count()));
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      std::uint64_t bits = 0;
      for (std::size_t byte = sizeof(T); byte-- > 0;) {
        bits = bits << 8 | content.value().bytes()[i * sizeof(T) + byte];
      }
      numbers[i] = static_cast<T>(bits);
    }
    return numbers;
  }
}

/// The one scale and zero point of a value: of a layer's input or output.
/// @return  not_found if there is no scale; scheme_mismatch for more than one; malformed for a scale that is not positive and finite
[[nodiscard]] inline result<group_parameters> read_parameters(const onnx_parameters& parameters) {
  if (parameters.scale == nullptr) {
    return file_failure{file_error::not_found, 0, "onnx: the value has no constant scale"};
  }
  const result<std::vector<float>> scales = read_numbers<float>(*parameters.scale);
  if (!scales) {
    return scales.failure();
  }
  if (scales.value().size() != 1 || (parameters.zero_point != nullptr && parameters.zero_point->count() != 1)) {
    return detail::onnx_refusal(*parameters.scale, file_error::scheme_mismatch, scales.value().size(), " scales, or zero points, not 1");
  }
  group_parameters p{.scale = scales.value()[0]};
  if (!is_finite(p.scale) || p.scale <= 0.0f) {
    return detail::onnx_refusal(*parameters.scale, file_error::malformed, "scale 0 is ", p.scale);
  }
  if (parameters.zero_point != nullptr) {
    const onnx_tensor& zero = *parameters.zero_point;
    const result<onnx_content> content = content_of(zero);
    if (!content) {
      return content.failure();
    }
    const std::uint8_t* const bytes = content.value().bytes().data();
    switch (zero.type) {
      case onnx_type::INT8: p.zero_point = int8::level_of(read_code<8>(bytes, 0)); break;
      case onnx_type::UINT8: p.zero_point = uint8::level_of(read_code<8>(bytes, 0)); break;
      case onnx_type::INT16: p.zero_point = int16::level_of(read_code<16>(bytes, 0)); break;
      case onnx_type::UINT16: p.zero_point = uint16::level_of(read_code<16>(bytes, 0)); break;
      default: return detail::onnx_refusal(zero, file_error::scheme_mismatch, "a zero point of type ", name_of(zero.type));
    }
  }
  return p;
}

/// The bias of a layer, one a row of its weights; empty if it has none. Biases that come through DequantizeLinear are code * scale.
/// @return  scheme_mismatch for integers without a scale (QGemm's: `read_numbers<std::int32_t>`), for zero points, and for another count
[[nodiscard]] inline result<std::vector<float>> read_bias(const onnx_layer& layer) {
  if (layer.bias == nullptr) {
    return std::vector<float>();
  }
  const onnx_tensor& bias = *layer.bias;
  if (bias.count() != layer.shape.rows) {
    return detail::onnx_refusal(bias, file_error::scheme_mismatch, bias.count(), " biases for ", layer.shape.rows, " rows");
  }
  if (layer.bias_parameters.scale == nullptr) {
    return read_numbers<float>(bias);
  }
  const result<std::vector<std::int32_t>> codes = read_numbers<std::int32_t>(bias);
  if (!codes) {
    return codes.failure();
  }
  const result<std::vector<float>> scales = read_numbers<float>(*layer.bias_parameters.scale);
  if (!scales) {
    return scales.failure();
  }
  if (scales.value().size() != 1 && scales.value().size() != codes.value().size()) {
    return detail::onnx_refusal(bias, file_error::scheme_mismatch, scales.value().size(), " scales for ", codes.value().size(), " biases");
  }
  if (const onnx_tensor* const zero = layer.bias_parameters.zero_point) {
    const result<std::vector<std::int32_t>> points = read_numbers<std::int32_t>(*zero);
    if (!points) {
      return points.failure();
    }
    if (std::any_of(points.value().begin(), points.value().end(), [](std::int32_t point) { return point != 0; })) {
      return detail::onnx_refusal(*zero, file_error::scheme_mismatch, "zero points of biases that are not 0");
    }
  }
  std::vector<float> reals(codes.value().size());
  for (std::size_t i = 0; i < reals.size(); ++i) {
    reals[i] = product(static_cast<float>(codes.value()[i]), scales.value()[scales.value().size() == 1 ? 0 : i]);
  }
  return reals;
}

}  // namespace halftone::inline v0_1
