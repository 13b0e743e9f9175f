// SPDX-License-Identifier: MIT
// Halftone: AWQ's words: qweight int32 [K, N / 8], qzeros int32 [groups, N / 8], eight columns a word in an order of its own.
//
// Four bits i of word c, the lowest first, are of column 8 c + order[i] with order = 0, 2, 4, 6, 1, 3, 5, 7.
#pragma once

#include <halftone/format/awq/nibble_tile.hpp>
#include <halftone/format/gptq/words.hpp>

#include <array>
#include <memory>

namespace halftone::inline v0_1::inline HALFTONE_ISA::awq {

/// Schemes that files hold: 4 bits with zero points.
template <class Scheme>
concept layer_scheme = gptq::layer_scheme<Scheme> && Scheme::element_type::bits == 4;

/// Which of its eight columns each part of a word holds, and in which part each column is.
inline constexpr std::array<std::uint8_t, 8> column_of_part{0, 2, 4, 6, 1, 3, 5, 7};
inline constexpr std::array<std::uint8_t, 8> part_of_column{0, 4, 1, 5, 2, 6, 3, 7};

namespace detail {
/// The code of a column in a row of words.
[[nodiscard]] HALFTONE_INLINE std::uint32_t code_of(const std::uint8_t* words, std::size_t column) noexcept {
  return read_code<4>(words, column / 8 * 8 + part_of_column[column % 8]);
}
HALFTONE_INLINE void set_code(std::uint8_t* words, std::size_t column, std::uint32_t code) noexcept {
  write_code<4>(words, column / 8 * 8 + part_of_column[column % 8], code);
}

/// Calls move(tile, first word of 8 rows, words, first k) for the tiles that fit k columns. @return the columns that are in tiles
template <class Move>
std::size_t for_each_tile(std::size_t words, std::size_t k, const Move& move) {
  const std::size_t end = nibble_tile::can_turn ? k / nibble_tile::columns * nibble_tile::columns : 0;
  const auto tile = std::make_unique<nibble_tile>();
  for (std::size_t word = 0; word < words; word += nibble_tile::most_words) {
    for (std::size_t first = 0; first < end; first += nibble_tile::columns) {
      move(*tile, word, std::min(nibble_tile::most_words, words - word), first);
    }
  }
  return end;
}
}  // namespace detail

/// Reads codes and zero points; n is a multiple of 8.
/// @throws halftone::error for other numbers of bytes
template <layer_scheme Scheme>
void read_words(std::span<const std::uint8_t> codes, std::span<const std::uint8_t> zeros, quantized_matrix<Scheme>& q) {
  const std::size_t groups = q.parameter_shape().cols;
  expects(q.rows() % 8 == 0, "awq: ", q.rows(), " rows are no multiple of 8");
  expects(codes.size() == q.rows() / 2 * q.cols() && zeros.size() == q.rows() / 2 * groups, "awq: ", codes.size(), " and ", zeros.size(),
          " bytes for [", q.rows(), ", ", q.cols(), "] in ", groups, " groups");
  std::fill(q.codes().begin(), q.codes().end(), std::uint8_t{0});
  q.clear_zero_points();
  const std::size_t stride = q.rows() / 2;
  const std::size_t turned = detail::for_each_tile(q.rows() / 8, q.cols(), [&](auto& tile, std::size_t word, std::size_t count, std::size_t k) {
    tile.load(codes.data() + k * stride + 4 * word, stride, count);
    for (std::size_t i = 0; i < count; ++i) {
      tile.to_rows(i, [&](std::size_t part) { return q.row_codes(8 * (word + i) + column_of_part[part]).data() + k / 2; });
    }
  });
  for (std::size_t row = 0; row < q.rows(); ++row) {
    for (std::size_t k = turned; k < q.cols(); ++k) {
      write_code<4>(q.row_codes(row).data(), k, detail::code_of(codes.data() + k * (q.rows() / 2), row));
    }
    for (std::size_t group = 0; group < groups; ++group) {
      q.set_zero_point(row * groups + group, static_cast<std::int32_t>(detail::code_of(zeros.data() + group * (q.rows() / 2), row)));
    }
  }
}

/// The inverse: words of codes, and of zero points.
/// @throws halftone::error if n is no multiple of 8
template <layer_scheme Scheme>
[[nodiscard]] std::vector<std::uint8_t> code_words(const quantized_matrix<Scheme>& q) {
  expects(q.rows() % 8 == 0, "awq: ", q.rows(), " rows are no multiple of 8");
  std::vector<std::uint8_t> words(q.rows() / 2 * q.cols());
  const std::size_t stride = q.rows() / 2;
  const std::size_t turned = detail::for_each_tile(q.rows() / 8, q.cols(), [&](auto& tile, std::size_t word, std::size_t count, std::size_t k) {
    for (std::size_t i = 0; i < count; ++i) {
      tile.from_rows(i, [&](std::size_t part) { return q.row_codes(8 * (word + i) + column_of_part[part]).data() + k / 2; });
    }
    tile.store(words.data() + k * stride + 4 * word, stride, count);
  });
  for (std::size_t row = 0; row < q.rows(); ++row) {
    for (std::size_t k = turned; k < q.cols(); ++k) {
      detail::set_code(words.data() + k * (q.rows() / 2), row, q.code_at(row, k));
    }
  }
  return words;
}
template <layer_scheme Scheme>
[[nodiscard]] std::vector<std::uint8_t> zero_point_words(const quantized_matrix<Scheme>& q) {
  const std::size_t groups = q.parameter_shape().cols;
  expects(q.rows() % 8 == 0, "awq: ", q.rows(), " rows are no multiple of 8");
  std::vector<std::uint8_t> words(q.rows() / 2 * groups);
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    detail::set_code(words.data() + g % groups * (q.rows() / 2), g / groups, static_cast<std::uint32_t>(q.zero_point_at(g)));
  }
  return words;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::awq
