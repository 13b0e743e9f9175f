// SPDX-License-Identifier: MIT
// Halftone: GPTQ's words: qweight int32 [ceil(K * b / 32), N] along K, qzeros int32 [groups, ceil(N * b / 32)] along N.
//
// Codes are a bit stream from the lowest bit on, those of 3 bits across the ends of words, so a column of qweight is a canonical row,
// four bytes at a time. Version 1 stores zero points less one, modulo 2^b.
#pragma once

#include <halftone/core/result.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::gptq {

enum class version { v1 = 1, v2 = 2 };

/// Schemes that files hold: unsigned codes with zero points, a group a run of k.
template <class Scheme>
concept layer_scheme = scheme_type<Scheme> && Scheme::has_zero_point && Scheme::element_type::min == 0 &&
                       Scheme::element_type::bits <= 8 && one_run_a_group<typename Scheme::granularity_type>;

/// Words of `count` codes.
[[nodiscard]] constexpr std::size_t word_count(std::size_t count, unsigned bits) noexcept {
  return ceil_div(saturated_product(count, bits), 32);
}

namespace detail {
/// Calls move(first word, words, first row, rows, bytes of a row) for tiles of words [words, n], a line of the cache in both directions;
/// several tiles of the same words follow each other, whose lines lie side by side in a file. Extents of whole tiles are constants.
template <class Move>
void for_each_tile(std::size_t words, std::size_t n, std::size_t row_bytes, const Move& move) {
  constexpr std::size_t side = 16;
  constexpr std::size_t several = 4 * side;
  constexpr std::integral_constant<std::size_t, side> all{};
  constexpr std::integral_constant<std::size_t, 4 * side> line{};
  for (std::size_t begin = 0; begin < n; begin += several) {
    for (std::size_t word = 0; word < words; word += side) {
      for (std::size_t row = begin; row < std::min(begin + several, n); row += side) {
        if (row_bytes - 4 * word >= line && n - row >= side) {
          move(word, all, row, all, line);
        } else {
          const std::size_t some = std::min(side, words - word);
          move(word, some, row, std::min(side, n - row), std::min(4 * some, row_bytes - 4 * word));
        }
      }
    }
  }
}

/// A tile: words of a file turned into those of rows, or back. Words of one row lie far apart in a file, by a power of two as a rule, so that
/// they push each other out of the cache: whole lines are read, turned here, and written.
struct word_tile {
  std::uint32_t words[16][16] = {};
  std::uint32_t turned[16][16] = {};

  void turn() noexcept {
    for (std::size_t i = 0; i < 16; ++i) {
      for (std::size_t j = 0; j < 16; ++j) {
        turned[i][j] = words[j][i];
      }
    }
  }
};
}  // namespace detail

/// Copies the codes of qweight, as many bytes as its shape says, into the canonical rows of q.
template <layer_scheme Scheme>
void read_codes(std::span<const std::uint8_t> words, quantized_matrix<Scheme>& q) {
  constexpr unsigned bits = Scheme::element_type::bits;
  const std::size_t n = q.rows(), count = word_count(q.cols(), bits);
  expects(words.size() == 4 * n * count, "gptq: ", words.size(), " bytes of codes for [", n, ", ", q.cols(), "], which take ", 4 * n * count);
  const unsigned last_bits = static_cast<unsigned>(q.cols() * bits % 8);
  detail::word_tile tile;  // words as bytes: on any machine the file's order is the rows'
  detail::for_each_tile(count, n, q.row_bytes(), [&](std::size_t word, auto words_of_tile, std::size_t row, auto rows, auto bytes) {
    for (std::size_t i = 0; i < words_of_tile; ++i) {
      std::memcpy(tile.words[i], words.data() + 4 * ((word + i) * n + row), 4 * rows);
    }
    tile.turn();
    for (std::size_t j = 0; j < rows; ++j) {
      std::memcpy(q.row_codes(row + j).data() + 4 * word, tile.turned[j], bytes);
    }
  });
  for (std::size_t row = 0; row < n && last_bits != 0; ++row) {
    std::uint8_t& last = q.row_codes(row).back();
    last = static_cast<std::uint8_t>(last & ((1u << last_bits) - 1));
  }
}

/// The inverse; bits behind the last code are zero.
template <layer_scheme Scheme>
[[nodiscard]] std::vector<std::uint8_t> code_words(const quantized_matrix<Scheme>& q) {
  const std::size_t n = q.rows(), count = word_count(q.cols(), Scheme::element_type::bits);
  std::vector<std::uint8_t> words(4 * n * count);
  detail::word_tile tile;
  detail::for_each_tile(count, n, q.row_bytes(), [&](std::size_t word, auto words_of_tile, std::size_t row, auto rows, auto bytes) {
    for (std::size_t j = 0; j < rows; ++j) {
      tile.words[j][words_of_tile - 1] = 0;  // of which a row may have a part
      std::memcpy(tile.words[j], q.row_codes(row + j).data() + 4 * word, bytes);
    }
    tile.turn();
    for (std::size_t i = 0; i < words_of_tile; ++i) {
      std::memcpy(words.data() + 4 * ((word + i) * n + row), tile.turned[i], 4 * rows);
    }
  });
  return words;
}

/// Copies the zero points of qzeros, as many bytes as its shape says.
/// @return the group whose zero point is 2^b, no level: in version 1 of 3 bits, whose readers do not take it modulo 2^b
template <layer_scheme Scheme>
[[nodiscard]] std::optional<std::size_t> read_zero_points(std::span<const std::uint8_t> words, version v, quantized_matrix<Scheme>& q) {
  constexpr unsigned bits = Scheme::element_type::bits;
  const std::size_t groups = q.parameter_shape().cols, row_bytes = 4 * word_count(q.rows(), bits);
  expects(words.size() == groups * row_bytes, "gptq: ", words.size(), " bytes of zero points for ", groups, " groups of ", q.rows(),
          " rows, which take ", groups * row_bytes);
  q.clear_zero_points();
  for (std::size_t group = 0; group < groups; ++group) {
    for (std::size_t row = 0; row < q.rows(); ++row) {
      const std::uint32_t stored = read_code<bits>(words.data() + group * row_bytes, row);
      const std::uint32_t zero = v == version::v1 ? stored + 1 : stored;
      if (bits == 3 && zero == 8) {
        return row * groups + group;
      }
      q.set_zero_point(row * groups + group, static_cast<std::int32_t>(zero & ((1u << bits) - 1)));
    }
  }
  return std::nullopt;
}

/// The inverse.
/// @throws halftone::error for a zero point 0 of 3 bits in version 1, which readers take for 8
template <layer_scheme Scheme>
[[nodiscard]] std::vector<std::uint8_t> zero_point_words(const quantized_matrix<Scheme>& q, version v) {
  constexpr unsigned bits = Scheme::element_type::bits;
  const std::size_t groups = q.parameter_shape().cols, row_bytes = 4 * word_count(q.rows(), bits);
  std::vector<std::uint8_t> words(groups * row_bytes);
  for (std::size_t group = 0; group < groups; ++group) {
    for (std::size_t row = 0; row < q.rows(); ++row) {
      const auto zero = static_cast<std::uint32_t>(q.zero_point_at(row * groups + group));
      expects(bits != 3 || v == version::v2 || zero != 0, "gptq: group ", group, " of row ", row,
              " has zero point 0, which version 1 does not hold in 3 bits");
      write_code<bits>(words.data() + group * row_bytes, row, (v == version::v1 ? zero - 1 : zero) & ((1u << bits) - 1));
    }
  }
  return words;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::gptq
