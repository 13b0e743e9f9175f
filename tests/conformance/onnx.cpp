// SPDX-License-Identifier: MIT
// Operations for onnx.py.
#include <conformance/driver.hpp>
#include <conformance/onnx_algorithms.hpp>
#include <conformance/onnx_files.hpp>
#include <conformance/onnx_halves.hpp>
#include <conformance/onnx_integers.hpp>
#include <conformance/onnx_matmul.hpp>
#include <conformance/onnx_read.hpp>

#include <halftone/format/onnx/schemes.hpp>
#include <halftone/format/onnx/tensors.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>

using namespace halftone;
using conformance::arguments;
using conformance::operation;

namespace {

onnx::tensor_order order_of(double k_by_n) { return k_by_n != 0.0 ? onnx::tensor_order::k_by_n : onnx::tensor_order::n_by_k; }

/// The matrix of a tensor [rows, cols], or its transpose.
std::vector<float> lying(std::span<const float> x, matrix_shape shape, onnx::tensor_order order) {
  std::vector<float> w(x.size());
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = x[onnx::detail::place_in(shape, order, i / shape.cols, i % shape.cols)];
  }
  return w;
}

/// QuantizeLinear and what DequantizeLinear makes of it, through tensors of bytes.
/// Arrays: x, scales, zero points as packed bytes, codes as packed bytes, reals. Numbers: n, k, 1 for [k, n].
template <class Scheme>
void linear(arguments& a) {
  const matrix_shape shape{a.size(0), a.size(1)};
  const onnx::tensor_order order = order_of(a.number(2));
  quantized_matrix<Scheme> given(shape);
  onnx::set_scales(a.in<float>(1), order, given);
  if constexpr (Scheme::has_zero_point) {
    onnx::set_zero_points(a.in<std::uint8_t>(2), order, given);
  }
  std::vector<group_parameters> p;
  for (std::size_t g = 0; g < given.group_count(); ++g) {
    p.push_back(given.parameters_at(g));
  }
  const std::vector<float> w = lying(a.in<float>(0), shape, order);
  const auto q = quantize<Scheme>({w.data(), shape.rows, shape.cols}, given_parameters{p});
  const std::vector<std::uint8_t> bytes = onnx::to_tensor(q, order);
  const std::span<std::uint8_t> codes = a.out<std::uint8_t>(3);
  if (codes.size() != bytes.size()) {
    throw std::invalid_argument("codes have " + std::to_string(bytes.size()) + " bytes");
  }
  std::copy(bytes.begin(), bytes.end(), codes.begin());
  // What is read from the tensor is what was written to it.
  onnx::from_tensor(bytes, order, given);
  std::vector<float> reals(w.size());
  dequantize(given, matrix_view<float>(reals.data(), shape.rows, shape.cols));
  for (std::size_t i = 0; i < w.size(); ++i) {
    a.out<float>(4)[onnx::detail::place_in(shape, order, i / shape.cols, i % shape.cols)] = reals[i];
  }
}

/// Parameters, too. Arrays: x, scales, zero points (int32), codes (int32), reals. Numbers: n, k.
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
  dequantize(q, matrix_view<float>(a.out<float>(4).data(), q.rows(), q.cols()));
}

template <class Element>
void add_linear(const std::string& name) {
  operation("linear " + name + " tensor", linear<onnx::linear<Element>>);
  operation("linear " + name + " axis n", linear<onnx::linear<Element, per_channel<0>>>);
  operation("linear " + name + " axis k", linear<onnx::linear<Element, per_channel<1>>>);
  operation("linear " + name + " block k 5", linear<onnx::linear<Element, per_group<5>>>);
  operation("linear " + name + " block k 16", linear<onnx::linear<Element, per_group<16>>>);
  operation("linear " + name + " block n 3", linear<onnx::linear<Element, per_block<3, 1>>>);
}

const int registered = [] {
  add_linear<int2>("INT2");
  add_linear<int4>("INT4");
  add_linear<int8>("INT8");
  add_linear<int16>("INT16");
  add_linear<uint2>("UINT2");
  add_linear<uint4>("UINT4");
  add_linear<uint8>("UINT8");
  add_linear<uint16>("UINT16");
  add_linear<fp8_e4m3fn>("FLOAT8E4M3FN");
  add_linear<onnx::saturating_e5m2>("FLOAT8E5M2");
  add_linear<fp8_e4m3fnuz>("FLOAT8E4M3FNUZ");
  add_linear<fp8_e5m2fnuz>("FLOAT8E5M2FNUZ");
  add_linear<fp8_e4m3fn_overflowing>("FLOAT8E4M3FN saturate=0");
  add_linear<fp8_e5m2_overflowing>("FLOAT8E5M2 saturate=0");
  add_linear<fp8_e4m3fnuz_overflowing>("FLOAT8E4M3FNUZ saturate=0");
  add_linear<fp8_e5m2fnuz_overflowing>("FLOAT8E5M2FNUZ saturate=0");
  add_linear<fp4_e2m1>("FLOAT4E2M1");
  operation("dynamic", by_range<onnx::dynamic_linear>);
  return 0;
}();

}  // namespace
