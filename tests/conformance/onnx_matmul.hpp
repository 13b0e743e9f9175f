// SPDX-License-Identifier: MIT
// Operations for onnx_matmul.py; a part of onnx.cpp.
#pragma once

#include <conformance/driver.hpp>

#include <halftone/format/onnx/nbits.hpp>
#include <halftone/format/onnx/tensors.hpp>
#include <halftone/gemm/gemm.hpp>
#include <halftone/gemm/grouped_gemm.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/scheme/presets.hpp>

namespace onnx_matmul {

using namespace halftone;
using conformance::arguments;
using conformance::operation;

inline void give(const std::vector<std::uint8_t>& bytes, std::span<std::uint8_t> out) {
  if (bytes.size() != out.size()) {
    throw std::invalid_argument("there are " + std::to_string(bytes.size()) + " bytes, " + std::to_string(out.size()) + " wanted");
  }
  std::copy(bytes.begin(), bytes.end(), out.begin());
}

template <class Scheme>
void put_scales(const quantized_matrix<Scheme>& q, onnx::tensor_order order, std::span<float> out) {
  const std::vector<float> scales = onnx::scales_of(q, order);
  if (scales.size() != out.size()) {
    throw std::invalid_argument("there are " + std::to_string(scales.size()) + " scales");
  }
  std::copy(scales.begin(), scales.end(), out.begin());
}

/// The block quantizer of MatMulNBits. Arrays: w [n, k], B, scales, zero points (or nothing). Numbers: n, k.
template <class Scheme>
void quantize_nbits(arguments& a) {
  const auto q = quantize<Scheme>({a.in<float>(0).data(), a.size(0), a.size(1)});
  give(onnx::to_nbits(q), a.out<std::uint8_t>(1));
  put_scales(q, onnx::tensor_order::n_by_k, a.out<float>(2));
  if constexpr (Scheme::has_zero_point) {
    give(onnx::nbits_zero_points_of(q), a.out<std::uint8_t>(3));
  }
}

/// The block quantizers that make plain tensors. Arrays: w [n, k], codes, scales, zero points (or nothing). Numbers: n, k, 1 for
/// tensors [k, n].
template <class Scheme>
void quantize_tensor(arguments& a) {
  const auto order = a.number(2) != 0.0 ? onnx::tensor_order::k_by_n : onnx::tensor_order::n_by_k;
  const auto q = quantize<Scheme>({a.in<float>(0).data(), a.size(0), a.size(1)});
  give(onnx::to_tensor(q, order), a.out<std::uint8_t>(1));
  put_scales(q, order, a.out<float>(2));
  if constexpr (Scheme::has_zero_point) {
    give(onnx::zero_points_of(q, order), a.out<std::uint8_t>(3));
  }
}

/// A matrix of the operator's inputs. Arrays: .., B, scales, zero points (packed, or floats, or nothing).
template <class Scheme>
quantized_matrix<Scheme> read(arguments& a, std::size_t first, matrix_shape shape) {
  quantized_matrix<Scheme> q(shape);
  onnx::from_nbits(a.in<std::uint8_t>(first), q);
  onnx::set_scales(a.in<float>(first + 1), onnx::tensor_order::n_by_k, q);
  if constexpr (Scheme::has_zero_point) {
    onnx::set_nbits_zero_points(a.in<std::uint8_t>(first + 2), q);
  } else if constexpr (Scheme::has_offset) {
    for (std::size_t g = 0; g < q.group_count(); ++g) {
      q.offset_plane().set(g, a.in<float>(first + 2)[g]);
    }
  }
  return q;
}

/// Arrays: x [m, k], B, scales, zero points, y [m, n]. Numbers: m, n, k.
template <class Scheme>
void multiply(arguments& a) {
  const std::size_t m = a.size(0), n = a.size(1), k = a.size(2);
  const auto q = read<Scheme>(a, 1, {n, k});
  gemm(matrix_view<const float>(a.in<float>(0).data(), m, k), pack(q), matrix_view<float>(a.out<float>(4).data(), m, n));
}
/// The same with activations quantized to int8 in blocks: accuracy_level 4.
template <class Scheme>
void multiply_int8(arguments& a) {
  const std::size_t m = a.size(0), n = a.size(1), k = a.size(2);
  const auto q = read<Scheme>(a, 1, {n, k});
  gemm(dynamic<int8_per_token_group<Scheme::granularity_type::group_size>>(matrix_view<const float>(a.in<float>(0).data(), m, k)), pack(q),
       matrix_view<float>(a.out<float>(4).data(), m, n));
}

template <unsigned Bits, std::size_t Block>
void add_block() {
  const std::string name = std::to_string(Bits) + " bits, blocks of " + std::to_string(Block);
  using half = stored_as<fp16>;
  operation("nbits " + name, quantize_nbits<onnx::mat_mul_nbits<Bits, Block>>);
  operation("nbits " + name + ", zero points", quantize_nbits<onnx::mat_mul_nbits_with_zero_points<Bits, Block>>);
  operation("nbits " + name + ", fp16", quantize_nbits<onnx::mat_mul_nbits<Bits, Block, half>>);
  operation("nbits " + name + ", zero points, fp16", quantize_nbits<onnx::mat_mul_nbits_with_zero_points<Bits, Block, half>>);
  operation("gemm " + name, multiply<onnx::mat_mul_nbits<Bits, Block>>);
  operation("gemm " + name + ", zero points", multiply<onnx::mat_mul_nbits_with_zero_points<Bits, Block>>);
  if constexpr (Bits == 4) {
    operation("qdq " + name, quantize_tensor<onnx::qdq_blocks<Block>>);
    operation("qdq " + name + ", zero points", quantize_tensor<onnx::qdq_blocks_with_zero_points<Block>>);
    operation("gather " + name, quantize_tensor<onnx::gather_blocks<Block>>);
    operation("gather " + name + ", zero points", quantize_tensor<onnx::gather_blocks_with_zero_points<Block>>);
  }
}
template <unsigned Bits, std::size_t Block>
void add_float_zero_points() {
  operation("gemm " + std::to_string(Bits) + " bits, blocks of " + std::to_string(Block) + ", float zero points",
            multiply<onnx::mat_mul_nbits_with_float_zero_points<Bits, Block>>);
}
template <unsigned Bits, std::size_t Block>
void add_int8() {
  const std::string name = std::to_string(Bits) + " bits, blocks of " + std::to_string(Block);
  operation("int8 gemm " + name, multiply_int8<onnx::mat_mul_nbits<Bits, Block>>);
  operation("int8 gemm " + name + ", zero points", multiply_int8<onnx::mat_mul_nbits_with_zero_points<Bits, Block>>);
}

inline const int registered = [] {
  add_block<2, 16>();
  add_block<2, 32>();
  add_block<2, 128>();
  add_block<4, 16>();
  add_block<4, 32>();
  add_block<4, 64>();
  add_block<4, 128>();
  add_block<4, 256>();
  add_block<8, 16>();
  add_block<8, 32>();
  add_block<8, 128>();
  add_float_zero_points<2, 32>();
  add_float_zero_points<4, 16>();
  add_float_zero_points<4, 128>();
  add_int8<2, 32>();
  add_int8<4, 32>();
  add_int8<4, 128>();
  add_int8<8, 32>();
  return 0;
}();

}  // namespace onnx_matmul
