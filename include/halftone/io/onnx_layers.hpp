// SPDX-License-Identifier: MIT
// Halftone: linear layers as nodes of an ONNX model: MatMulNBits, and DequantizeLinear with MatMul.
#pragma once

#include <halftone/format/onnx/nbits.hpp>
#include <halftone/format/onnx/schemes.hpp>
#include <halftone/format/onnx/tensors.hpp>
#include <halftone/io/onnx_writer.hpp>

#include <array>
#include <bit>

namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx {

/// The type of ONNX that holds the codes of an element.
template <class Element>
inline constexpr onnx_type type_of = onnx_type::FLOAT;
template <>
inline constexpr onnx_type type_of<int2> = onnx_type::INT2;
template <>
inline constexpr onnx_type type_of<int4> = onnx_type::INT4;
template <>
inline constexpr onnx_type type_of<int8> = onnx_type::INT8;
template <>
inline constexpr onnx_type type_of<int8_narrow> = onnx_type::INT8;
template <>
inline constexpr onnx_type type_of<int16> = onnx_type::INT16;
template <>
inline constexpr onnx_type type_of<uint2> = onnx_type::UINT2;
template <>
inline constexpr onnx_type type_of<uint4> = onnx_type::UINT4;
template <>
inline constexpr onnx_type type_of<uint8> = onnx_type::UINT8;
template <>
inline constexpr onnx_type type_of<uint16> = onnx_type::UINT16;
template <>
inline constexpr onnx_type type_of<fp8_e4m3fn> = onnx_type::FLOAT8E4M3FN;
template <>
inline constexpr onnx_type type_of<fp8_e5m2> = onnx_type::FLOAT8E5M2;
template <>
inline constexpr onnx_type type_of<saturating_e5m2> = onnx_type::FLOAT8E5M2;
template <>
inline constexpr onnx_type type_of<fp8_e4m3fnuz> = onnx_type::FLOAT8E4M3FNUZ;
template <>
inline constexpr onnx_type type_of<fp8_e5m2fnuz> = onnx_type::FLOAT8E5M2FNUZ;
template <>
inline constexpr onnx_type type_of<fp4_e2m1> = onnx_type::FLOAT4E2M1;

/// One scale, one a row, or one a group of a row.
template <class G>
concept layer_granularity = std::is_same_v<G, per_tensor> || std::is_same_v<G, per_channel<0>> || requires { G::group_size; };

/// What DequantizeLinear reads: an element with a type of ONNX, float scales, and an equation without an offset.
template <class Scheme>
concept dequantized_scheme = layer_granularity<typename Scheme::granularity_type> && type_of<typename Scheme::element_type> != onnx_type::FLOAT && !Scheme::has_offset && Scheme::has_scale &&
                             !Scheme::has_own_real && std::is_same_v<typename Scheme::scale_storage, stored_as<fp32>>;

namespace detail {
/// Floats as a tensor's bytes.
[[nodiscard]] inline std::vector<std::uint8_t> float_bytes(std::span<const float> values) {
  std::vector<std::uint8_t> bytes(4 * values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    write_code<32>(bytes.data(), i, std::bit_cast<std::uint32_t>(values[i]));
  }
  return bytes;
}
[[nodiscard]] constexpr std::int64_t as_dimension(std::size_t size) noexcept { return static_cast<std::int64_t>(size); }
}  // namespace detail

/// y = x W^T by onnxruntime's MatMulNBits. Initializers are called `name` + ".B" and so on.
/// @param x,y  names of values
template <nbits_scheme Scheme>
  requires(!Scheme::has_offset && std::is_same_v<typename Scheme::scale_storage, stored_as<fp32>>)
void add_mat_mul_nbits(onnx_model_writer& model, const std::string& name, const std::string& x, const std::string& y,
                       const quantized_matrix<Scheme>& q) {
  using detail::as_dimension;
  constexpr std::size_t block = Scheme::granularity_type::group_size;
  constexpr unsigned bits = Scheme::element_type::bits;
  const std::int64_t n = as_dimension(q.rows());
  const std::int64_t blocks = as_dimension(ceil_div(q.cols(), block));
  std::vector<std::string> inputs{x, name + ".B", name + ".scales"};
  model.initializer(inputs[1], onnx_type::UINT8, std::array{n, blocks, as_dimension(block * bits / 8)}, to_nbits(q));
  model.initializer(inputs[2], onnx_type::FLOAT, std::array{n, blocks}, detail::float_bytes(scales_of(q, tensor_order::n_by_k)));
  if constexpr (Scheme::has_zero_point) {
    inputs.push_back(name + ".zero_points");
    const std::vector<std::uint8_t> zero_points = nbits_zero_points_of(q);
    model.initializer(inputs[3], onnx_type::UINT8, std::array{n, as_dimension(ceil_div(ceil_div(q.cols(), block) * bits, 8))}, zero_points);
  }
  const std::array attributes{onnx_attribute{"K", as_dimension(q.cols())}, onnx_attribute{"N", n}, onnx_attribute{"bits", bits},
                              onnx_attribute{"block_size", as_dimension(block)}};
  model.node("MatMulNBits", "com.microsoft", inputs, std::array{y}, attributes);
}

/// y = x W^T by DequantizeLinear of weights [k, n] and MatMul: every onnxruntime, and TensorRT, runs it. Opset 21, or 25 for 2 bits.
/// @tparam Scheme  per_tensor, per_channel<0> or per_group<N>
template <dequantized_scheme Scheme>
void add_dequantized_mat_mul(onnx_model_writer& model, const std::string& name, const std::string& x, const std::string& y,
                             const quantized_matrix<Scheme>& q) {
  using detail::as_dimension;
  using Granularity = typename Scheme::granularity_type;
  constexpr onnx_type type = type_of<typename Scheme::element_type>;
  const std::int64_t n = as_dimension(q.rows());
  std::vector<std::int64_t> shape;
  std::vector<onnx_attribute> attributes;
  if constexpr (requires { Granularity::group_size; }) {
    shape = {as_dimension(ceil_div(q.cols(), Granularity::group_size)), n};
    attributes = {{"axis", 0}, {"block_size", as_dimension(Granularity::group_size)}};
  } else if constexpr (std::is_same_v<Granularity, per_channel<0>>) {
    shape = {n};
    attributes = {{"axis", 1}};
  }
  std::vector<std::string> inputs{name + ".codes", name + ".scales"};
  model.initializer(inputs[0], type, std::array{as_dimension(q.cols()), n}, to_tensor(q, tensor_order::k_by_n));
  model.initializer(inputs[1], onnx_type::FLOAT, shape, detail::float_bytes(scales_of(q, tensor_order::k_by_n)));
  if constexpr (Scheme::has_zero_point) {
    inputs.push_back(name + ".zero_points");
    model.initializer(inputs[2], type, shape, zero_points_of(q, tensor_order::k_by_n));
  }
  model.node("DequantizeLinear", "", inputs, std::array{name + ".weights"}, attributes);
  model.node("MatMul", "", std::array{x, name + ".weights"}, std::array{y});
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx
