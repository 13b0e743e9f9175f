// SPDX-License-Identifier: MIT
// Operations for onnx_algorithms.py; a part of onnx.cpp.
#pragma once

#include <conformance/onnx_read.hpp>

#include <halftone/format/onnx/weight_algorithms.hpp>

namespace onnx_algorithms {

using namespace halftone;
using conformance::arguments;
using conformance::operation;

/// Arrays: w [n, k], levels (int32), scales, zero points (int32). Numbers: n, k.
template <class Scheme, class Algorithm>
void quantize_by(arguments& a) {
  onnx_read::put(a, 1, onnx::quantize<Scheme>(matrix_view<const float>(a.in<float>(0).data(), a.size(0), a.size(1)), Algorithm{}));
}

/// As "read ..." of onnx_read.hpp, made again by an algorithm.
template <class Scheme, class Algorithm>
void read_and_quantize(arguments& a) {
  const onnx_read::opened model(a);
  const auto q = read_matrix<Scheme>(model.layer()).value();
  onnx_read::put(a, 3, q);
  onnx_read::put(a, 6, onnx::quantize<Scheme>(matrix_view<const float>(a.in<float>(2).data(), q.rows(), q.cols()), Algorithm{}));
}

template <unsigned Bits, std::size_t Block>
void add() {
  using levels = onnx::mat_mul_nbits<Bits, Block>;
  using codes = onnx::mat_mul_nbits_with_zero_points<Bits, Block>;
  const std::string name = std::to_string(Bits) + " " + std::to_string(Block);
  operation("rtn sym " + name, quantize_by<levels, onnx::rtn>);
  operation("rtn asym " + name, quantize_by<codes, onnx::rtn>);
  operation("k_quant asym " + name, quantize_by<codes, onnx::k_quant>);
}

inline const int registered = [] {
  add<4, 16>();
  add<4, 32>();
  add<4, 256>();
  add<8, 32>();
  add<8, 128>();
  operation("read rtn sym", read_and_quantize<onnx::mat_mul_nbits<4, 32>, onnx::rtn>);
  operation("read rtn asym", read_and_quantize<onnx::mat_mul_nbits_with_zero_points<4, 32>, onnx::rtn>);
  operation("read k_quant asym", read_and_quantize<onnx::mat_mul_nbits_with_zero_points<4, 32>, onnx::k_quant>);
  return 0;
}();

}  // namespace onnx_algorithms
