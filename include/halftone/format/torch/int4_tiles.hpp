// SPDX-License-Identifier: MIT
// Halftone: the words of aten::_convert_weight_to_int4pack, int4 weights for tensor cores (torchao's Int4TilePackedTo4dTensor).
//
// The tensor is int32 [n / 8][k / (16 * InnerKTiles)][32][InnerKTiles / 2]: tiles of 8 rows and 16 columns, in the order in which the
// 32 lanes of a warp take them. Part j (4 bits, the lowest first) of word [a][b][lane][p] is the code of
//   row     8 * a + lane / 4
//   column  16 * (InnerKTiles * b + 2 * p + j % 4 / 2) + 2 * (lane % 4) + 8 * (j % 2) + j / 4
// Rows behind the last are zeros. Source: PyTorch's kernel for CUDA; ROCm has tiles of 16 rows.
#pragma once

#include <halftone/element/bit_packing.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

#include <algorithm>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::torch {

/// Bytes of the words of a matrix.
template <std::size_t InnerKTiles>
[[nodiscard]] constexpr std::size_t int4_tiles_bytes(matrix_shape shape) noexcept {
  return saturated_product(ceil_div(shape.rows, 8) * 4, shape.cols);
}

namespace detail {
/// Calls visit(part, row, column) for every part of 4 bits, rows behind the last included.
template <std::size_t InnerKTiles, class Visitor>
void for_each_int4_part(matrix_shape shape, const Visitor& visit) {
  std::size_t part = 0;
  for (std::size_t a = 0; a < ceil_div(shape.rows, 8); ++a) {
    for (std::size_t b = 0; b < shape.cols / (16 * InnerKTiles); ++b) {
      for (std::size_t lane = 0; lane < 32; ++lane) {
        for (std::size_t i = 0; i < 4 * InnerKTiles; ++i, ++part) {
          const std::size_t p = i / 8, j = i % 8;
          visit(part, 8 * a + lane / 4, 16 * (InnerKTiles * b + 2 * p + j % 4 / 2) + 2 * (lane % 4) + 8 * (j % 2) + j / 4);
        }
      }
    }
  }
}
}  // namespace detail

/// Copies the codes to a matrix of the same shape, in the place of its own. Words are little-endian.
/// @tparam InnerKTiles  2, 4 or 8: twice the last extent of the tensor; torchao takes 8
/// @throws halftone::error if k is no multiple of 16 * InnerKTiles, or `bytes` is no int4_tiles_bytes<InnerKTiles>(...) long
template <std::size_t InnerKTiles = 8, class Scheme>
  requires((InnerKTiles == 2 || InnerKTiles == 4 || InnerKTiles == 8) && scalar_element<typename Scheme::element_type> &&
           Scheme::element_type::bits == 4)
void from_int4_tiles(std::span<const std::uint8_t> bytes, quantized_matrix<Scheme>& q) {
  expects(q.cols() % (16 * InnerKTiles) == 0, "torch: int4 tiles of ", 16 * InnerKTiles, " columns, not ", q.cols(), " columns");
  expects(bytes.size() == int4_tiles_bytes<InnerKTiles>(q.shape()), "torch: ", bytes.size(), " bytes of int4 tiles for [", q.rows(), ", ",
          q.cols(), "]");
  std::fill(q.codes().begin(), q.codes().end(), std::uint8_t{0});
  detail::for_each_int4_part<InnerKTiles>(q.shape(), [&](std::size_t part, std::size_t row, std::size_t k) {
    if (row < q.rows()) {
      write_code<4>(q.row_codes(row).data(), k, read_code<4>(bytes.data(), part));
    }
  });
}

/// The inverse.
/// @throws halftone::error if k is no multiple of 16 * InnerKTiles
template <std::size_t InnerKTiles = 8, class Scheme>
  requires((InnerKTiles == 2 || InnerKTiles == 4 || InnerKTiles == 8) && scalar_element<typename Scheme::element_type> &&
           Scheme::element_type::bits == 4)
[[nodiscard]] std::vector<std::uint8_t> to_int4_tiles(const quantized_matrix<Scheme>& q) {
  expects(q.cols() % (16 * InnerKTiles) == 0, "torch: int4 tiles of ", 16 * InnerKTiles, " columns, this matrix has ", q.cols());
  std::vector<std::uint8_t> bytes(int4_tiles_bytes<InnerKTiles>(q.shape()));
  detail::for_each_int4_part<InnerKTiles>(q.shape(), [&](std::size_t part, std::size_t row, std::size_t k) {
    write_code<4>(bytes.data(), part, row < q.rows() ? q.code_at(row, k) : 0u);
  });
  return bytes;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::torch
