// SPDX-License-Identifier: MIT
// Halftone: weights of onnxruntime's operator MatMulNBits, and the schemes of its block quantizers.
//
//   B            uint8 [n, blocks of a row, block * bits / 8]: codes of 2, 4 or 8 bits along k, the first lowest; the last block of
//                a row is whole, what lies beyond k is nobody's
//   scales       [n, blocks]: `scales_of` and `set_scales` with tensor_order::n_by_k
//   zero_points  uint8 [n, ceil(blocks * bits / 8)], each row on a byte boundary; or absent: 2^(bits-1); or floats [n, blocks]
//
//   y = x W^T,   w = (code - zero_point) * scale
#pragma once

#include <halftone/format/onnx/block_mappings.hpp>
#include <halftone/format/torch/float_zero_point.hpp>
#include <halftone/scheme/scheme.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

#include <algorithm>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx {

/// MatMulNBits without zero points, as quantize_matmul_{2,4,8}bits makes it: levels are codes - 2^(bits-1), the scale may be negative.
/// @tparam Storage  stored_as<fp16> for models of 16-bit floats
template <unsigned Bits, std::size_t Block, class Storage = stored_as<fp32>>
using mat_mul_nbits =
    scheme<integer<Bits, signedness::is_signed>, block_symmetric, per_group<Block>, away_after_adding<(1 << (Bits - 1))>, Storage>;

/// The same with zero points.
template <unsigned Bits, std::size_t Block, class Storage = stored_as<fp32>>
using mat_mul_nbits_with_zero_points = scheme<integer<Bits, signedness::is_unsigned>, block_asymmetric, per_group<Block>,
                                              with_zero_point<nearest_away>, Storage>;

/// Models whose zero points are floats (of HQQ, for one). onnxruntime multiplies such weights of 2 and 4 bits.
template <unsigned Bits, std::size_t Block, class Storage = stored_as<fp32>>
using mat_mul_nbits_with_float_zero_points =
    scheme<integer<Bits, signedness::is_unsigned>, torch::float_qparams, per_group<Block>, Storage>;

/// The block quantizer for DequantizeLinear (QuantFormat.QDQ), int4 and uint4: rounds before the zero point is added.
template <std::size_t Block>
using qdq_blocks = scheme<int4, block_symmetric, per_group<Block>, nearest_away>;
template <std::size_t Block>
using qdq_blocks_with_zero_points = scheme<uint4, block_asymmetric, per_group<Block>, nearest_away>;

/// The block quantizer of embedding tables, for GatherBlockQuantized: divides, ties to even.
template <std::size_t Block>
using gather_blocks = scheme<int4, block_symmetric, per_group<Block>, by_division>;
template <std::size_t Block>
using gather_blocks_with_zero_points =
    scheme<uint4, gather_asymmetric, per_group<Block>, with_zero_point<nearest_even>, by_division>;

/// A scheme whose codes MatMulNBits takes: groups along k of 16 weights or more, a power of two.
template <class Scheme>
concept nbits_scheme =
    uniform_element<typename Scheme::element_type> &&
    (Scheme::element_type::bits == 2 || Scheme::element_type::bits == 4 || Scheme::element_type::bits == 8) &&
    requires { Scheme::granularity_type::group_size; } && (Scheme::granularity_type::group_size >= 16) &&
    (Scheme::granularity_type::group_size & (Scheme::granularity_type::group_size - 1)) == 0;

namespace detail {
template <nbits_scheme Scheme>
struct nbits_layout {
  static constexpr unsigned bits = Scheme::element_type::bits;
  static constexpr std::size_t block = Scheme::granularity_type::group_size;
  /// Between a code of the matrix and one of the file.
  static constexpr std::uint32_t flipped = Scheme::element_type::min < 0 ? 1u << (bits - 1) : 0u;

  [[nodiscard]] static constexpr std::size_t row_bytes(matrix_shape s) noexcept { return ceil_div(s.cols, block) * (block * bits / 8); }
  [[nodiscard]] static constexpr std::size_t zero_point_row_bytes(matrix_shape s) noexcept {
    return ceil_div(ceil_div(s.cols, block) * bits, 8);
  }
};
}  // namespace detail

/// Copies the codes of B to a matrix [n, k].
/// @throws halftone::error if B has another size than the shape says
template <nbits_scheme Scheme>
void from_nbits(std::span<const std::uint8_t> b, quantized_matrix<Scheme>& q) {
  using layout = detail::nbits_layout<Scheme>;
  const std::size_t stride = layout::row_bytes(q.shape());
  expects(b.size() == q.rows() * stride, "onnx: B of MatMulNBits has ", b.size(), " bytes; [", q.rows(), ", ", q.cols(), "] of ",
          layout::bits, " bits in blocks of ", layout::block, " have ", q.rows() * stride);
  std::fill(q.codes().begin(), q.codes().end(), std::uint8_t{0});
  for (std::size_t row = 0; row < q.rows(); ++row) {
    for (std::size_t k = 0; k < q.cols(); ++k) {
      write_code<layout::bits>(q.row_codes(row).data(), k, read_code<layout::bits>(b.data() + row * stride, k) ^ layout::flipped);
    }
  }
}

/// The inverse. Codes beyond k are zero bits.
template <nbits_scheme Scheme>
[[nodiscard]] std::vector<std::uint8_t> to_nbits(const quantized_matrix<Scheme>& q) {
  using layout = detail::nbits_layout<Scheme>;
  const std::size_t stride = layout::row_bytes(q.shape());
  std::vector<std::uint8_t> b(q.rows() * stride);
  for (std::size_t row = 0; row < q.rows(); ++row) {
    for (std::size_t k = 0; k < q.cols(); ++k) {
      write_code<layout::bits>(b.data() + row * stride, k, q.code_at(row, k) ^ layout::flipped);
    }
  }
  return b;
}

/// Sets the zero points from the operator's packed ones.
/// @throws halftone::error if they have another size than the shape says
template <nbits_scheme Scheme>
  requires(Scheme::has_zero_point && Scheme::element_type::min == 0)
void set_nbits_zero_points(std::span<const std::uint8_t> zero_points, quantized_matrix<Scheme>& q) {
  using layout = detail::nbits_layout<Scheme>;
  const matrix_shape groups = q.parameter_shape();
  const std::size_t stride = layout::zero_point_row_bytes(q.shape());
  expects(zero_points.size() == groups.rows * stride, "onnx: zero_points of MatMulNBits have ", zero_points.size(), " bytes; ",
          groups.rows, " rows of ", groups.cols, " blocks have ", groups.rows * stride);
  q.clear_zero_points();
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    const std::uint32_t code = read_code<layout::bits>(zero_points.data() + g / groups.cols * stride, g % groups.cols);
    q.set_zero_point(g, static_cast<std::int32_t>(code));
  }
}

/// The inverse. What is left of a row's last byte holds the middle code, as in onnxruntime's bytes.
template <nbits_scheme Scheme>
  requires(Scheme::has_zero_point && Scheme::element_type::min == 0)
[[nodiscard]] std::vector<std::uint8_t> nbits_zero_points_of(const quantized_matrix<Scheme>& q) {
  using layout = detail::nbits_layout<Scheme>;
  const matrix_shape groups = q.parameter_shape();
  const std::size_t stride = layout::zero_point_row_bytes(q.shape());
  std::vector<std::uint8_t> zero_points(groups.rows * stride);
  for (std::size_t row = 0; row < groups.rows; ++row) {
    for (std::size_t i = 0; i < stride * 8 / layout::bits; ++i) {
      const std::uint32_t code =
          i < groups.cols ? static_cast<std::uint32_t>(q.zero_point_at(row * groups.cols + i)) : 1u << (layout::bits - 1);
      write_code<layout::bits>(zero_points.data() + row * stride, i, code);
    }
  }
  return zero_points;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx
