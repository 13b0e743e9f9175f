// SPDX-License-Identifier: MIT
// Operations for onnx_files.py; a part of onnx.cpp.
#pragma once

#include <conformance/driver.hpp>

#include <halftone/format/onnx/schemes.hpp>
#include <halftone/io/onnx_writer.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>

namespace onnx_files {

using namespace halftone;
using conformance::arguments;
using conformance::operation;

/// A model of one layer. Arrays: w [n, k], the file, its length (int64), reals [n, k]. Numbers: n, k.
template <bool NBits, class Scheme>
void layer(arguments& a) {
  const std::size_t n = a.size(0), k = a.size(1);
  const auto q = quantize<Scheme>({a.in<float>(0).data(), n, k});
  onnx_writer model;
  const std::size_t x = model.input("x", k);
  if constexpr (NBits) {
    model.output(model.mat_mul_nbits("y", x, q));
  } else {
    model.output(model.linear("y", x, q));
  }
  const std::vector<std::uint8_t> file = model.bytes();
  a.out<std::int64_t>(2)[0] = static_cast<std::int64_t>(file.size());
  std::copy(file.begin(), file.end(), a.out<std::uint8_t>(1).begin());
  dequantize(q, matrix_view<float>(a.out<float>(3).data(), n, k));
}

inline const int registered = [] {
  operation("file nbits 4", layer<true, onnx::mat_mul_nbits<4, 32>>);
  operation("file nbits 4 zero points", layer<true, onnx::mat_mul_nbits_with_zero_points<4, 16>>);
  operation("file nbits 8 zero points", layer<true, onnx::mat_mul_nbits_with_zero_points<8, 32>>);
  operation("file nbits 2", layer<true, onnx::mat_mul_nbits<2, 16>>);
  operation("file dq int8 rows", layer<false, scheme<int8_narrow, symmetric, per_channel<0>>>);
  operation("file dq uint8 tensor", layer<false, scheme<uint8, asymmetric, per_tensor>>);
  operation("file dq int4 groups", layer<false, onnx::qdq_blocks<32>>);
  operation("file dq uint4 groups", layer<false, onnx::qdq_blocks_with_zero_points<16>>);
  operation("file dq int16 rows", layer<false, onnx::linear<int16, per_channel<0>>>);
  operation("file dq int2 rows", layer<false, scheme<int2, symmetric, per_channel<0>>>);
  operation("file dq fp8 tensor", layer<false, onnx::linear<fp8_e4m3fn>>);
  return 0;
}();

}  // namespace onnx_files
