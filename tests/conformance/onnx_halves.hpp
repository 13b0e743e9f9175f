// SPDX-License-Identifier: MIT
// Operations for onnx_halves.py; a part of onnx.cpp.
#pragma once

#include <conformance/driver.hpp>

#include <halftone/format/onnx/halves.hpp>
#include <halftone/format/onnx/tensors.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>

namespace onnx_halves {

using namespace halftone;
using conformance::arguments;
using conformance::operation;

/// QuantizeLinear of 16-bit floats, and the real numbers of its codes. Arrays: x [n, k] and scales as floats, zero points as packed bytes,
/// codes as packed bytes, reals. Numbers: n, k.
template <class Scheme>
void linear(arguments& a) {
  constexpr auto order = onnx::tensor_order::n_by_k;
  const matrix_shape shape{a.size(0), a.size(1)};
  quantized_matrix<Scheme> given(shape);
  onnx::set_scales(a.in<float>(1), order, given);
  onnx::set_zero_points(a.in<std::uint8_t>(2), order, given);
  std::vector<group_parameters> p;
  for (std::size_t g = 0; g < given.group_count(); ++g) {
    p.push_back(given.parameters_at(g));
  }
  const auto q = quantize<Scheme>({a.in<float>(0).data(), shape.rows, shape.cols}, given_parameters{p});
  const std::vector<std::uint8_t> bytes = onnx::to_tensor(q, order);
  if (bytes.size() != a.out<std::uint8_t>(3).size()) {
    throw std::invalid_argument("codes have " + std::to_string(bytes.size()) + " bytes");
  }
  std::copy(bytes.begin(), bytes.end(), a.out<std::uint8_t>(3).begin());
  dequantize(q, matrix_view<float>(a.out<float>(4).data(), shape.rows, shape.cols));
}

inline const int registered = [] {
  operation("halves INT4 block k 5", linear<onnx::linear_of_halves<int4, per_group<5>>>);
  operation("halves UINT4 axis n", linear<onnx::linear_of_halves<uint4, per_channel<0>>>);
  operation("halves INT8 tensor", linear<onnx::linear_of_halves<int8>>);
  operation("halves INT8 axis n", linear<onnx::linear_of_halves<int8, per_channel<0>>>);
  operation("halves UINT2 tensor", linear<onnx::linear_of_halves<uint2>>);
  operation("halves UINT8 tensor", linear<onnx::linear_of_halves<uint8>>);
  return 0;
}();

}  // namespace onnx_halves
