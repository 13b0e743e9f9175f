// SPDX-License-Identifier: MIT
// Halftone tests: layers as nodes: names, shapes, attributes and bytes.
#include <halftone/io/onnx_layers.hpp>

#include <halftone/quantize/quantize.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace halftone;

namespace {
std::vector<float> weights(std::size_t count) {
  std::vector<float> w(count);
  for (std::size_t i = 0; i < count; ++i) {
    w[i] = static_cast<float>(i % 11) - 4.0f;
  }
  return w;
}
/// The file holds an initializer's fields, in the writer's order.
bool holds(const onnx_model_writer& model, const std::string& name, onnx_type type, std::vector<std::int64_t> shape,
           const std::vector<std::uint8_t>& content) {
  onnx_model_writer alone;
  alone.initializer(name, type, shape, content);
  const std::vector<std::uint8_t> file = model.bytes(), other = alone.bytes();
  // The graph of the other: behind its own tag and length, up to the graph's name.
  const std::string graph_name = "\x12\x08" "halftone";
  const auto begin = std::search(other.begin(), other.end(), name.begin(), name.end());
  const auto end = std::search(begin, other.end(), graph_name.begin(), graph_name.end());
  return begin != other.end() && std::search(file.begin(), file.end(), begin, end) != file.end();
}
bool holds(const onnx_model_writer& model, std::string_view text) {
  const std::vector<std::uint8_t> file = model.bytes();
  return std::search(file.begin(), file.end(), text.begin(), text.end()) != file.end();
}
}  // namespace

TEST_CASE("MatMulNBits: B, scales, zero points, attributes") {
  const std::vector<float> w = weights(2 * 33);
  const auto q = quantize<onnx::mat_mul_nbits_with_zero_points<4, 16>>({w.data(), 2, 33});
  onnx_model_writer model;
  onnx::add_mat_mul_nbits(model, "l", "x", "y", q);
  CHECK(holds(model, "l.B", onnx_type::UINT8, {2, 3, 8}, onnx::to_nbits(q)));
  CHECK(holds(model, "l.scales", onnx_type::FLOAT, {2, 3}, onnx::detail::float_bytes(onnx::scales_of(q, onnx::tensor_order::n_by_k))));
  CHECK(holds(model, "l.zero_points", onnx_type::UINT8, {2, 2}, onnx::nbits_zero_points_of(q)));
  CHECK(holds(model, std::string_view("\x0a\x01K\x18\x21", 5)));
  CHECK(holds(model, std::string_view("\x0a\x0a" "block_size" "\x18\x10", 14)));
  onnx_model_writer symmetric;
  onnx::add_mat_mul_nbits(symmetric, "l", "x", "y", quantize<onnx::mat_mul_nbits<4, 16>>({w.data(), 2, 33}));
  CHECK(!holds(symmetric, "zero_points"));
}

TEST_CASE("DequantizeLinear and MatMul: [k, n]") {
  const std::vector<float> w = weights(3 * 20);
  const auto rows = quantize<scheme<int8_narrow, symmetric, per_channel<0>>>({w.data(), 3, 20});
  onnx_model_writer model;
  onnx::add_dequantized_mat_mul(model, "l", "x", "y", rows);
  CHECK(holds(model, "l.codes", onnx_type::INT8, {20, 3}, onnx::to_tensor(rows, onnx::tensor_order::k_by_n)));
  CHECK(holds(model, std::string_view("\x0a\x04" "axis" "\x18\x01", 8)));
  CHECK(!holds(model, "zero_points"));
  const auto groups = quantize<onnx::qdq_blocks_with_zero_points<16>>({w.data(), 3, 20});
  onnx_model_writer other;
  onnx::add_dequantized_mat_mul(other, "l", "x", "y", groups);
  CHECK(holds(other, "l.zero_points", onnx_type::UINT4, {2, 3}, onnx::zero_points_of(groups, onnx::tensor_order::k_by_n)));
  CHECK(holds(other, std::string_view("\x0a\x04" "axis" "\x18\x00", 8)));
  CHECK(holds(other, std::string_view("\x0a\x0a" "block_size" "\x18\x10", 14)));
  const auto tensor = quantize<onnx::linear<fp8_e4m3fn>>({w.data(), 3, 20});
  onnx_model_writer third;
  onnx::add_dequantized_mat_mul(third, "l", "x", "y", tensor);
  CHECK(holds(third, "l.scales", onnx_type::FLOAT, {}, onnx::detail::float_bytes(onnx::scales_of(tensor, onnx::tensor_order::k_by_n))));
  CHECK(!holds(third, "axis"));
}
