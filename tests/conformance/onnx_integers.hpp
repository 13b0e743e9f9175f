// SPDX-License-Identifier: MIT
// Operations for onnx_integers.py; a part of onnx.cpp.
#pragma once

#include <conformance/driver.hpp>

#include <halftone/format/onnx/bnb4.hpp>
#include <halftone/format/onnx/qlinear.hpp>
#include <halftone/format/onnx/schemes.hpp>
#include <halftone/format/onnx/tensors.hpp>
#include <halftone/format/onnx/tool_ranges.hpp>
#include <halftone/gemm/gemm_integers.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>

namespace onnx_integers {

using namespace halftone;
using conformance::arguments;
using conformance::operation;

/// The quantization tool. Arrays: x, scales, zero points (int32), codes (int32). Numbers: n, k.
template <class Scheme>
void by_range(arguments& a) {
  const auto q = quantize<Scheme>({a.in<float>(0).data(), a.size(0), a.size(1)});
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    a.out<float>(1)[g] = q.scale_at(g);
    a.out<std::int32_t>(2)[g] = q.zero_point_at(g);
  }
  for (std::size_t i = 0; i < a.out<std::int32_t>(3).size(); ++i) {
    a.out<std::int32_t>(3)[i] = Scheme::element_type::level_of(q.code_at(i / q.cols(), i % q.cols()));
  }
}
template <class Element>
void add_tool(const std::string& name) {
  operation("tool " + name, by_range<onnx::tool<Element>>);
  operation("tool " + name + " symmetric", by_range<onnx::symmetric_tool<Element>>);
  operation("tool " + name + " reduced", by_range<onnx::reduced_tool<Element>>);
  operation("tool " + name + " reduced symmetric", by_range<onnx::reduced_symmetric_tool<Element>>);
  operation("tool " + name + " rows", by_range<onnx::symmetric_tool<Element, per_channel<0>>>);
}

/// Products of 8-bit integers. Arrays: a [m, k], b [k, n], a's zero point (int32), b's zero points (bytes of b's type, one or n), y,
/// a's, b's and y's scales, y's zero point (int32), bias (int32) or nothing. Numbers: m, n, k, 1 if a is signed.
/// @tparam Output  std::int32_t for the sums
template <class Element, class Granularity, class Output>
void multiply(arguments& a) {
  const std::size_t m = a.size(0), n = a.size(1), k = a.size(2);
  quantized_matrix<onnx::linear<Element, Granularity>> w(matrix_shape{n, k});
  onnx::from_tensor(a.in<std::uint8_t>(1), onnx::tensor_order::k_by_n, w);
  onnx::set_zero_points(a.in<std::uint8_t>(3), onnx::tensor_order::k_by_n, w);
  const float one = 1.0f;
  const std::vector<float> ones(w.group_count(), 1.0f);
  onnx::set_scales(sizeof(Output) == 4 ? std::span<const float>(ones) : a.in<float>(6), onnx::tensor_order::k_by_n, w);
  const activation_view x{.codes = {a.in<std::uint8_t>(0).data(), m, k}, .is_signed = a.number(3) != 0.0, .scales = &one,
                          .zero_points = a.in<std::int32_t>(2).data(), .per_row = false};
  const matrix_view<Output> y(a.out<Output>(4).data(), m, n);
  if constexpr (sizeof(Output) == 4) {
    gemm_integers(x, pack(w), y);
  } else {
    const group_parameters output{.scale = a.in<float>(7)[0], .zero_point = a.in<std::int32_t>(8)[0]};
    const std::span<const std::int32_t> bias = a.array_count() > 9 ? a.in<std::int32_t>(9) : std::span<const std::int32_t>();
    const onnx::qlinear<Output> end(w, a.in<float>(5)[0], output, bias);
    gemm_integers(x, pack(w), y, end.stage());
  }
}
template <class Element, class Granularity>
void add_products(const std::string& name) {
  operation("integers " + name, multiply<Element, Granularity, std::int32_t>);
  operation("qlinear " + name + " INT8", multiply<Element, Granularity, std::int8_t>);
  operation("qlinear " + name + " UINT8", multiply<Element, Granularity, std::uint8_t>);
}

/// MatMulBnb4. Arrays: w [n, k], bytes, maxima, reals [n, k]. Numbers: n, k.
template <class Scheme>
void bnb4(arguments& a) {
  const matrix_shape shape{a.size(0), a.size(1)};
  const auto q = quantize<Scheme>({a.in<float>(0).data(), shape.rows, shape.cols});
  const std::vector<std::uint8_t> bytes = bitsandbytes::code_bytes(q);
  std::copy(bytes.begin(), bytes.end(), a.out<std::uint8_t>(1).begin());
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    a.out<float>(2)[g] = q.scale_at(g);
  }
  dequantize(q, matrix_view<float>(a.out<float>(3).data(), shape.rows, shape.cols));
}

inline const int registered = [] {
  add_tool<int4>("INT4");
  add_tool<int8>("INT8");
  add_tool<int16>("INT16");
  add_tool<uint4>("UINT4");
  add_tool<uint8>("UINT8");
  add_tool<uint16>("UINT16");
  add_products<int8, per_tensor>("INT8 tensor");
  add_products<int8, per_channel<0>>("INT8 columns");
  add_products<uint8, per_tensor>("UINT8 tensor");
  add_products<uint8, per_channel<0>>("UINT8 columns");
  operation("bnb4 fp4 16", bnb4<onnx::bnb4_fp4<16>>);
  operation("bnb4 nf4 16", bnb4<onnx::bnb4_nf4<16>>);
  operation("bnb4 fp4 64", bnb4<onnx::bnb4_fp4<64>>);
  operation("bnb4 nf4 64", bnb4<onnx::bnb4_nf4<64>>);
  return 0;
}();

}  // namespace onnx_integers
