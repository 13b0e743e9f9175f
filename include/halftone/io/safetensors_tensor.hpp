// SPDX-License-Identifier: MIT
// Halftone: a tensor of a safetensors file, and how many bytes its shape takes.
#pragma once

#include <halftone/io/checked_mul.hpp>
#include <halftone/io/safetensors_type.hpp>

#include <span>
#include <string>
#include <vector>

namespace halftone::inline v0_1 {

/// One tensor of a file: row-major, little-endian. Nothing is promised about the alignment of its bytes.
struct safetensors_tensor {
  std::string name;
  safetensors_type type = safetensors_type::U8;
  std::vector<std::uint64_t> shape;
  std::span<const std::uint8_t> bytes;
  std::uint64_t offset = 0;  ///< of the first byte, in the file
};

namespace detail {

inline constexpr std::uint64_t safetensors_longest_header = 100'000'000;  // bytes, the limit of the format's library
inline constexpr std::size_t safetensors_highest_rank = 64;               // keeps memory a small multiple of the header

/// Bytes of a tensor; none if the product of its extents (zeros left out, so that an empty tensor hides no overflow)
/// or its bits pass 2^64, or if the bits do not fill whole bytes.
struct safetensors_size {
  enum class problem { none, overflow, part_of_a_byte } what = problem::none;
  std::uint64_t bytes = 0;
};
[[nodiscard]] constexpr safetensors_size size_of(safetensors_type type, std::span<const std::uint64_t> shape) noexcept {
  std::optional<std::uint64_t> bits = bits_of(type);
  bool empty = false;
  for (const std::uint64_t extent : shape) {
    empty = empty || extent == 0;
    bits = checked_mul(*bits, extent == 0 ? 1 : extent);
    if (!bits) {
      return {safetensors_size::problem::overflow};
    }
  }
  if (empty) {
    return {};
  }
  if (*bits % 8 != 0) {
    return {safetensors_size::problem::part_of_a_byte};
  }
  return {safetensors_size::problem::none, *bits / 8};
}

}  // namespace detail

}  // namespace halftone::inline v0_1
