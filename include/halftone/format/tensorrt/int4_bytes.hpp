// SPDX-License-Identifier: MIT
// Halftone: the bytes of ModelOpt's int4 weights, in both of its orders.
//
//   row pairs    pack_int4_in_uint8, of checkpoints for TensorRT-LLM: uint8 [rows / 2, cols]; the low half of a byte is of the even
//                row, the high half of the odd row below it; two's complement
//   high first   INT4QTensor, of compressed weights: the matrix row by row, the high half of a byte first; level + 8. Bytes run on to
//                the end of the last block with zero levels
#pragma once

#include <halftone/core/result.hpp>
#include <halftone/element/integer.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::tensorrt {

/// A scheme of int4 codes.
template <class Scheme>
concept int4_scheme = std::same_as<typename Scheme::element_type, int4>;

/// uint8 [rows / 2, cols].
/// @throws halftone::error if the rows are odd in number
template <int4_scheme Scheme>
[[nodiscard]] std::vector<std::uint8_t> to_row_pairs(const quantized_matrix<Scheme>& q) {
  expects(q.rows() % 2 == 0, "tensorrt: int4 weights are packed as pairs of rows, this matrix has ", q.rows());
  std::vector<std::uint8_t> bytes(q.rows() / 2 * q.cols());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t row = i / q.cols() * 2;
    const std::size_t k = i % q.cols();
    bytes[i] = static_cast<std::uint8_t>(q.code_at(row, k) | q.code_at(row + 1, k) << 4);
  }
  return bytes;
}

namespace detail {
[[nodiscard]] inline file_failure wrong_int4_length(std::size_t bytes, std::size_t wanted, matrix_shape shape) {
  return {bytes < wanted ? file_error::truncated : file_error::bad_extent, bytes,
          halftone::detail::message("tensorrt: ", bytes, " bytes of int4 for [", shape.rows, ", ", shape.cols, "], which take ", wanted)};
}
/// Bytes of a matrix high first: those of whole blocks.
template <std::size_t N>
[[nodiscard]] constexpr std::size_t high_first_bytes(matrix_shape shape) noexcept {
  return ceil_div(saturated_product(shape.rows, shape.cols), N) * (N / 2);
}
}  // namespace detail

/// The codes of a checkpoint in a matrix of this shape, whose scales are still zero.
/// @return a failure if the rows are odd in number, or there are too few or too many bytes
template <int4_scheme Scheme>
[[nodiscard]] result<quantized_matrix<Scheme>> from_row_pairs(std::span<const std::uint8_t> bytes, matrix_shape shape) {
  if (shape.rows % 2 != 0) {
    return file_failure{file_error::malformed, 0,
                        halftone::detail::message("tensorrt: int4 weights are packed as pairs of rows, not ", shape.rows, " rows")};
  }
  const std::size_t wanted = saturated_product(shape.rows / 2, shape.cols);
  if (bytes.size() != wanted) {
    return detail::wrong_int4_length(bytes.size(), wanted, shape);
  }
  quantized_matrix<Scheme> q(shape);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t row = i / shape.cols * 2;
    const std::size_t k = i % shape.cols;
    write_code<4>(q.row_codes(row).data(), k, bytes[i] & 15u);
    write_code<4>(q.row_codes(row + 1).data(), k, static_cast<std::uint32_t>(bytes[i] >> 4));
  }
  return q;
}

/// The bytes of an INT4QTensor.
/// @tparam N  weights of a block
template <std::size_t N, int4_scheme Scheme>
  requires(N >= 2 && N % 2 == 0)
[[nodiscard]] std::vector<std::uint8_t> to_high_first(const quantized_matrix<Scheme>& q) {
  std::vector<std::uint8_t> bytes(detail::high_first_bytes<N>(q.shape()), 0x88);
  for (std::size_t i = 0; i < q.rows() * q.cols(); ++i) {
    // Level + 8 is the code with its sign bit turned: what stands there is 8.
    bytes[i / 2] = static_cast<std::uint8_t>(bytes[i / 2] ^ q.code_at(i / q.cols(), i % q.cols()) << (i % 2 == 0 ? 4 : 0));
  }
  return bytes;
}

/// The inverse: codes in a matrix of this shape, whose scales are still zero. What follows the last weight is not looked at.
/// @return a failure if there are too few or too many bytes
template <int4_scheme Scheme, std::size_t N>
  requires(N >= 2 && N % 2 == 0)
[[nodiscard]] result<quantized_matrix<Scheme>> from_high_first(std::span<const std::uint8_t> bytes, matrix_shape shape) {
  const std::size_t wanted = detail::high_first_bytes<N>(shape);
  if (bytes.size() != wanted) {
    return detail::wrong_int4_length(bytes.size(), wanted, shape);
  }
  quantized_matrix<Scheme> q(shape);
  for (std::size_t i = 0; i < shape.rows * shape.cols; ++i) {
    const std::uint32_t code = (static_cast<std::uint32_t>(bytes[i / 2]) >> (i % 2 == 0 ? 4 : 0) & 15u) ^ 8u;
    write_code<4>(q.row_codes(i / shape.cols).data(), i % shape.cols, code);
  }
  return q;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::tensorrt
