// SPDX-License-Identifier: MIT
// Halftone: compressed-tensors' words: weight_packed int32 [N, ceil(K * b / 32)] along K, weight_zero_point int32 [ceil(N * b / 32), groups]
// along N. Both are bit streams from the lowest bit on, of levels plus 2^(b - 1); what is left of a word is zero.
#pragma once

#include <halftone/format/gptq/words.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::compressed_tensors {

/// Schemes of integers whose levels files hold.
template <class Scheme>
concept integer_scheme = scheme_type<Scheme> && signed_element<typename Scheme::element_type> && Scheme::element_type::bits <= 8 &&
                         (Scheme::equation == equation::scaled || Scheme::equation == equation::scaled_zero_point);

/// Those of pack-quantized: the only groups whose zero points it holds are runs of a row.
template <class Scheme>
concept packed_scheme = integer_scheme<Scheme> && one_run_a_group<typename Scheme::granularity_type>;

/// Bytes of the words of `count` codes.
[[nodiscard]] constexpr std::size_t word_bytes(std::size_t count, unsigned bits) noexcept {
  return saturated_product(gptq::word_count(count, bits), 4);
}

/// Copies the codes of weight_packed.
/// @throws halftone::error for another number of bytes
template <integer_scheme Scheme>
void read_words(std::span<const std::uint8_t> words, quantized_matrix<Scheme>& q) {
  constexpr unsigned bits = Scheme::element_type::bits;
  const std::size_t row_bytes = word_bytes(q.cols(), bits);
  expects(words.size() == q.rows() * row_bytes, "compressed_tensors: ", words.size(), " bytes of codes for [", q.rows(), ", ", q.cols(),
          "], which take ", q.rows() * row_bytes);
  std::vector<std::uint8_t> codes(q.cols());
  for (std::size_t row = 0; row < q.rows(); ++row) {
    unpack_codes<bits>(words.data() + row * row_bytes, q.cols(), codes.data());
    for (std::uint8_t& code : codes) {  // level + 2^(b - 1) and the level's two's complement differ in their highest bit
      code = static_cast<std::uint8_t>(code ^ (1u << (bits - 1)));
    }
    pack_codes<bits>(codes.data(), q.cols(), q.row_codes(row).data());
  }
}

/// The inverse.
template <integer_scheme Scheme>
[[nodiscard]] std::vector<std::uint8_t> code_words(const quantized_matrix<Scheme>& q) {
  constexpr unsigned bits = Scheme::element_type::bits;
  const std::size_t row_bytes = word_bytes(q.cols(), bits);
  std::vector<std::uint8_t> words(q.rows() * row_bytes), codes(q.cols());
  for (std::size_t row = 0; row < q.rows(); ++row) {
    unpack_codes<bits>(q.row_codes(row).data(), q.cols(), codes.data());
    for (std::uint8_t& code : codes) {
      code = static_cast<std::uint8_t>(code ^ (1u << (bits - 1)));
    }
    pack_codes<bits>(codes.data(), q.cols(), words.data() + row * row_bytes);
  }
  return words;
}

namespace detail {
/// Calls visit(row, group, byte of the first bit, bit in that byte and the next): words of one group stand `groups` words apart.
template <class Scheme, class Visitor>
void for_each_zero_point(const quantized_matrix<Scheme>& q, const Visitor& visit) {
  constexpr unsigned bits = Scheme::element_type::bits;
  const std::size_t groups = q.parameter_shape().cols;
  for (std::size_t row = 0; row < q.rows(); ++row) {
    for (std::size_t group = 0; group < groups; ++group) {
      for (unsigned b = 0; b < bits; ++b) {
        const std::size_t bit = row * bits + b;
        visit(row * groups + group, b, 4 * (bit / 32 * groups + group) + bit % 32 / 8, static_cast<unsigned>(bit % 8));
      }
    }
  }
}
}  // namespace detail

/// Copies the zero points of weight_zero_point.
/// @throws halftone::error for another number of bytes
template <packed_scheme Scheme>
  requires(Scheme::has_zero_point)
void read_zero_points(std::span<const std::uint8_t> words, quantized_matrix<Scheme>& q) {
  using Element = typename Scheme::element_type;
  const std::size_t length = word_bytes(q.rows(), Element::bits) * q.parameter_shape().cols;
  expects(words.size() == length, "compressed_tensors: ", words.size(), " bytes of zero points for ", q.group_count(),
          " groups, which take ", length);
  std::vector<std::uint32_t> codes(q.group_count());
  detail::for_each_zero_point(q, [&](std::size_t g, unsigned b, std::size_t byte, unsigned bit) {
    codes[g] |= (static_cast<std::uint32_t>(words[byte]) >> bit & 1u) << b;
  });
  q.clear_zero_points();
  for (std::size_t g = 0; g < codes.size(); ++g) {
    q.set_zero_point(g, static_cast<std::int32_t>(codes[g]) + Element::min);
  }
}

/// The inverse.
template <packed_scheme Scheme>
  requires(Scheme::has_zero_point)
[[nodiscard]] std::vector<std::uint8_t> zero_point_words(const quantized_matrix<Scheme>& q) {
  using Element = typename Scheme::element_type;
  std::vector<std::uint8_t> words(word_bytes(q.rows(), Element::bits) * q.parameter_shape().cols);
  detail::for_each_zero_point(q, [&](std::size_t g, unsigned b, std::size_t byte, unsigned bit) {
    const auto code = static_cast<std::uint32_t>(q.zero_point_at(g) - Element::min);
    words[byte] = static_cast<std::uint8_t>(words[byte] | (code >> b & 1u) << bit);
  });
  return words;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::compressed_tensors
