// SPDX-License-Identifier: MIT
// Halftone: bitsandbytes' bytes of 4-bit codes: the matrix read row by row, two codes a byte, the first in the high half.
#pragma once

#include <halftone/core/result.hpp>
#include <halftone/format/bitsandbytes/schemes.hpp>
#include <halftone/format/target/rules.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

#include <algorithm>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::bitsandbytes {

namespace detail {
[[nodiscard]] HALFTONE_INLINE constexpr std::uint32_t halves_exchanged(std::uint32_t byte) noexcept { return byte >> 4 | (byte & 15u) << 4; }
}  // namespace detail

/// Schemes of 4-bit tables in blocks of the flat matrix.
template <class Scheme>
concept block_scheme = scheme_type<Scheme> && Scheme::element_type::bits == 4 && table_element<typename Scheme::element_type> &&
                       std::is_same_v<typename Scheme::scaling_type, by_floored_reciprocal> &&
                       target::detail::flat_length<typename Scheme::granularity_type> != 0;

/// Weights of a block.
template <block_scheme Scheme>
inline constexpr std::size_t block_size = target::detail::flat_length<typename Scheme::granularity_type>;

/// Puts a tensor's bytes into the code plane of a matrix whose shape is known.
/// @return  truncated or bad_extent if there are not ceil(rows * cols / 2) bytes
/// @par Cost  a byte at a time where rows are of even length, else a code at a time
template <block_scheme Scheme>
[[nodiscard]] std::optional<file_failure> read_codes(std::span<const std::uint8_t> bytes, quantized_matrix<Scheme>& q) {
  const std::size_t count = q.rows() * q.cols();
  if (bytes.size() != ceil_div(count, 2)) {
    return file_failure{bytes.size() < ceil_div(count, 2) ? file_error::truncated : file_error::bad_extent, 0,
                        halftone::detail::message("bitsandbytes: ", bytes.size(), " bytes of codes for [", q.rows(), ", ", q.cols(),
                                                  "], which take ", ceil_div(count, 2))};
  }
  if (q.cols() % 2 == 0) {
    std::transform(bytes.begin(), bytes.end(), q.codes().begin(),
                   [](std::uint8_t byte) { return static_cast<std::uint8_t>(detail::halves_exchanged(byte)); });
    return std::nullopt;
  }
  std::fill(q.codes().begin(), q.codes().end(), std::uint8_t{0});
  for (std::size_t i = 0; i < count; ++i) {
    write_code<4>(q.row_codes(i / q.cols()).data(), i % q.cols(), bytes[i / 2] >> (i % 2 == 0 ? 4 : 0));
  }
  return std::nullopt;
}

/// The inverse. The half that an odd number of codes leaves is the code of zero, as the package pads.
template <block_scheme Scheme>
[[nodiscard]] std::vector<std::uint8_t> code_bytes(const quantized_matrix<Scheme>& q) {
  const std::size_t count = q.rows() * q.cols();
  std::vector<std::uint8_t> bytes(ceil_div(count, 2));
  if (q.cols() % 2 == 0) {
    std::transform(q.codes().begin(), q.codes().end(), bytes.begin(),
                   [](std::uint8_t byte) { return static_cast<std::uint8_t>(detail::halves_exchanged(byte)); });
    return bytes;
  }
  for (std::size_t i = 0; i < 2 * bytes.size(); ++i) {
    const std::uint32_t code = i < count ? q.code_at(i / q.cols(), i % q.cols()) : q.scheme().element.encode(0.0f);
    bytes[i / 2] = static_cast<std::uint8_t>(bytes[i / 2] | code << (i % 2 == 0 ? 4 : 0));
  }
  return bytes;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::bitsandbytes
