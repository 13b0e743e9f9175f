// SPDX-License-Identifier: MIT
// Halftone: the bytes of aten::_convert_weight_to_int4pack_for_cpu, in which torchao keeps int4 weights for CPUs.
//
// Blocks of rows follow each other; in a block, k by k, half as many bytes as it has rows. In a whole block byte j holds row j in its
// low half and row j + BlockRows / 2 in its high half; in a shorter last block rows 2j and 2j + 1. PyTorch takes blocks of 64 rows on
// machines with AVX-512 and of 32 on others, and nothing in the bytes tells.
#pragma once

#include <halftone/tensor/quantized_matrix.hpp>

#include <algorithm>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::torch {

namespace detail {
/// Calls visit(byte, low row, high row, k) for every byte.
template <std::size_t BlockRows, class Visitor>
void for_each_int4_byte(matrix_shape shape, const Visitor& visit) {
  std::size_t byte = 0;
  for (std::size_t first = 0; first < shape.rows; first += BlockRows) {
    const std::size_t rows = std::min(BlockRows, shape.rows - first);
    for (std::size_t k = 0; k < shape.cols; ++k) {
      for (std::size_t j = 0; j < rows / 2; ++j, ++byte) {
        const bool whole = rows == BlockRows;
        visit(byte, first + (whole ? j : 2 * j), first + (whole ? j + BlockRows / 2 : 2 * j + 1), k);
      }
    }
  }
}
}  // namespace detail

/// Copies the codes to a matrix of the same shape, in the place of its own.
/// @tparam BlockRows  64 or 32, as the machine had it that packed them
/// @throws halftone::error if the rows are odd in number, or `bytes` is not rows * cols / 2 long
template <std::size_t BlockRows, class Scheme>
  requires((BlockRows == 32 || BlockRows == 64) && scalar_element<typename Scheme::element_type> && Scheme::element_type::bits == 4)
void from_int4pack(std::span<const std::uint8_t> bytes, quantized_matrix<Scheme>& q) {
  expects(q.rows() % 2 == 0, "torch: int4pack has pairs of rows, not ", q.rows(), " rows");
  expects(bytes.size() == q.rows() / 2 * q.cols(), "torch: ", bytes.size(), " bytes of int4pack for [", q.rows(), ", ", q.cols(), "]");
  std::fill(q.codes().begin(), q.codes().end(), std::uint8_t{0});
  detail::for_each_int4_byte<BlockRows>(q.shape(), [&](std::size_t byte, std::size_t low, std::size_t high, std::size_t k) {
    write_code<4>(q.row_codes(low).data(), k, bytes[byte] & 15u);
    write_code<4>(q.row_codes(high).data(), k, static_cast<std::uint32_t>(bytes[byte] >> 4));
  });
}

/// The inverse.
/// @throws halftone::error if the rows are odd in number
template <std::size_t BlockRows, class Scheme>
  requires((BlockRows == 32 || BlockRows == 64) && scalar_element<typename Scheme::element_type> && Scheme::element_type::bits == 4)
[[nodiscard]] std::vector<std::uint8_t> to_int4pack(const quantized_matrix<Scheme>& q) {
  expects(q.rows() % 2 == 0, "torch: int4pack has pairs of rows, this matrix has ", q.rows());
  std::vector<std::uint8_t> bytes(q.rows() / 2 * q.cols());
  detail::for_each_int4_byte<BlockRows>(q.shape(), [&](std::size_t byte, std::size_t low, std::size_t high, std::size_t k) {
    bytes[byte] = static_cast<std::uint8_t>(q.code_at(low, k) | q.code_at(high, k) << 4);
  });
  return bytes;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::torch
