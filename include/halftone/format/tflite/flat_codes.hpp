// SPDX-License-Identifier: MIT
// Halftone: codes of 2, 4 and 8 bits that run through all rows without a gap, as files of TensorFlow Lite hold them.
//
// Code i of the whole matrix, row-major, has the bits [i * bits, (i + 1) * bits), the first the lowest of its byte; the bits
// after the last code are zero. Where a row is a whole number of bytes that is the canonical order.
#pragma once

#include <halftone/core/error.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

#include <algorithm>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::tflite {

/// Bytes of all codes of a matrix.
[[nodiscard]] constexpr std::size_t flat_bytes(matrix_shape shape, unsigned bits) noexcept {
  const std::size_t codes = saturated_product(shape.rows, shape.cols);
  return bits >= 8 ? saturated_product(codes, bits / 8) : ceil_div(codes, 8 / bits);
}

/// Copies the codes of a file to a matrix of the same shape, in the place of its own.
/// @throws halftone::error if `bytes` is no flat_bytes(...) long
template <class Scheme>
  requires(scalar_element<typename Scheme::element_type>)
void from_flat(std::span<const std::uint8_t> bytes, quantized_matrix<Scheme>& q) {
  constexpr unsigned bits = Scheme::element_type::bits;
  expects(bytes.size() == flat_bytes(q.shape(), bits), "tflite: ", bytes.size(), " bytes of codes for [", q.rows(), ", ",
          q.cols(), "] of ", bits, " bits");
  if (q.cols() * bits % 8 == 0) {
    std::copy(bytes.begin(), bytes.end(), q.codes().begin());
    return;
  }
  std::fill(q.codes().begin(), q.codes().end(), std::uint8_t{0});
  for (std::size_t row = 0; row < q.rows(); ++row) {
    std::uint8_t* const codes = q.row_codes(row).data();
    for (std::size_t k = 0; k < q.cols(); ++k) {
      write_code<bits>(codes, k, read_code<bits>(bytes.data(), row * q.cols() + k));
    }
  }
}

/// The inverse.
template <class Scheme>
  requires(scalar_element<typename Scheme::element_type>)
[[nodiscard]] std::vector<std::uint8_t> to_flat(const quantized_matrix<Scheme>& q) {
  constexpr unsigned bits = Scheme::element_type::bits;
  if (q.cols() * bits % 8 == 0) {
    return {q.codes().begin(), q.codes().end()};
  }
  std::vector<std::uint8_t> bytes(flat_bytes(q.shape(), bits));
  for (std::size_t row = 0; row < q.rows(); ++row) {
    for (std::size_t k = 0; k < q.cols(); ++k) {
      write_code<bits>(bytes.data(), row * q.cols() + k, q.code_at(row, k));
    }
  }
  return bytes;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::tflite
