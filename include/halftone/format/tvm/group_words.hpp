// SPDX-License-Identifier: MIT
// Halftone: MLC's words of codes: uint32 [n, words of a row], or transposed, little-endian, the first code lowest.
//
// A word holds floor(32 / bits) codes, 8 of 4 bits and 10 of 3 (two bits stay zero); a group is a whole number of words, and codes
// after the end of a row are zero. A stored code is its level plus m = 2^(b-1) - 1. Scales are fp16 [n, groups], as in the matrix.
// The models of layout 0 (q4f16_0, q3f16_0) hold the same words as [words of a row, n], and scales as [groups, n].
#pragma once

#include <halftone/core/result.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::tvm {

/// How a model's words follow each other: q4f16_1 and q3f16_1 keep the words of a row together, q4f16_0 and q3f16_0 those of a column.
enum class word_order { rows, columns };

/// A scheme whose codes MLC's words hold: narrow signed integers in groups of whole words.
template <class Scheme>
concept group_scheme = signed_element<typename Scheme::element_type> &&
                       Scheme::element_type::min == -Scheme::element_type::max && requires { Scheme::granularity_type::group_size; } &&
                       Scheme::granularity_type::group_size % (32 / Scheme::element_type::bits) == 0;

/// Bytes of a row of k codes.
template <group_scheme Scheme>
[[nodiscard]] constexpr std::size_t row_bytes(std::size_t k) noexcept {
  constexpr std::size_t group = Scheme::granularity_type::group_size;
  return saturated_product(ceil_div(k, group), group / (32 / Scheme::element_type::bits) * 4);
}

/// Where a word lies, in bytes. `words`: of a row.
[[nodiscard]] constexpr std::size_t word_offset(word_order order, matrix_shape shape, std::size_t words, std::size_t row,
                                                std::size_t word) noexcept {
  return 4 * (order == word_order::rows ? row * words + word : word * shape.rows + row);
}

/// The codes of a model's words in a matrix of this shape, whose scales are still zero.
/// @return a failure if there are too few or too many bytes, or a code is 2m + 1, which the encoder does not make
template <group_scheme Scheme>
[[nodiscard]] result<quantized_matrix<Scheme>> from_words(std::span<const std::uint8_t> bytes, matrix_shape shape,
                                                          word_order order = word_order::rows) {
  using Element = typename Scheme::element_type;
  constexpr std::size_t each = 32 / Element::bits;
  const std::size_t row_length = tvm::row_bytes<Scheme>(shape.cols);
  const std::size_t length = saturated_product(shape.rows, row_length);
  if (bytes.size() != length) {
    return file_failure{bytes.size() < length ? file_error::truncated : file_error::bad_extent, bytes.size(),
                        detail::message("tvm: ", bytes.size(), " bytes for [", shape.rows, ", ", shape.cols, "], which take ", length)};
  }
  quantized_matrix<Scheme> q(shape);
  for (std::size_t row = 0; row < shape.rows; ++row) {
    for (std::size_t k = 0; k < shape.cols; ++k) {
      const std::size_t at = tvm::word_offset(order, shape, row_length / 4, row, k / each);
      const std::uint32_t word = read_code<32>(bytes.data() + at, 0);
      const std::uint32_t code = word >> (k % each * Element::bits) & ((1u << Element::bits) - 1);
      const std::int32_t level = static_cast<std::int32_t>(code) - Element::max;
      if (level > Element::max) {
        return file_failure{file_error::malformed, at, detail::message("tvm: weight [", row, ", ", k, "] has code ", code, ", more than ",
                                                                       2 * Element::max)};
      }
      write_code<Element::bits>(q.row_codes(row).data(), k, Element::code_of(level));
    }
  }
  return q;
}

/// The inverse: the words of all rows.
template <group_scheme Scheme>
[[nodiscard]] std::vector<std::uint8_t> to_words(const quantized_matrix<Scheme>& q, word_order order = word_order::rows) {
  using Element = typename Scheme::element_type;
  constexpr std::size_t each = 32 / Element::bits;
  const std::size_t row_length = tvm::row_bytes<Scheme>(q.cols());
  std::vector<std::uint8_t> bytes(q.rows() * row_length);
  for (std::size_t row = 0; row < q.rows(); ++row) {
    for (std::size_t word = 0; word * each < q.cols(); ++word) {
      std::uint32_t sum = 0;
      for (std::size_t i = 0; i < each && word * each + i < q.cols(); ++i) {
        const std::int32_t level = Element::level_of(q.code_at(row, word * each + i));
        sum |= static_cast<std::uint32_t>(level + Element::max) << (i * Element::bits);
      }
      write_code<32>(bytes.data() + tvm::word_offset(order, q.shape(), row_length / 4, row, word), 0, sum);
    }
  }
  return bytes;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::tvm
