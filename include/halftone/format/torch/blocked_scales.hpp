// SPDX-License-Identifier: MIT
// Halftone: the order in which torchao keeps the scales of MX and NVFP4 tensors with is_swizzled_scales: to_blocked.
//
// Scales [rows, columns], a byte each, are padded with zeros to multiples of 128 and 4 and cut into tiles of 128 x 4. Tiles follow
// each other along columns first; scale [r, c] of a tile is its byte (r % 32) * 16 + r / 32 * 4 + c. Tensor cores read that order
// (cuBLAS: layout of block scaling factors).
#pragma once

#include <halftone/core/error.hpp>
#include <halftone/core/matrix_view.hpp>
#include <halftone/core/arithmetic.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::torch {

/// Bytes of blocked scales.
[[nodiscard]] constexpr std::size_t blocked_bytes(matrix_shape scales) noexcept {
  return saturated_product(saturated_product(ceil_div(scales.rows, 128), ceil_div(scales.cols, 4)), 512);
}

/// Where scale [row, column] lies.
[[nodiscard]] constexpr std::size_t blocked_offset(matrix_shape scales, std::size_t row, std::size_t column) noexcept {
  const std::size_t tile = row / 128 * ceil_div(scales.cols, 4) + column / 4;
  return tile * 512 + row % 32 * 16 + row % 128 / 32 * 4 + column % 4;
}

/// The blocked order of scales that lie row by row, as in the matrix's plane.
/// @throws halftone::error if `bytes` is not rows * cols long
[[nodiscard]] inline std::vector<std::uint8_t> to_blocked(std::span<const std::uint8_t> bytes, matrix_shape scales) {
  expects(bytes.size() == saturated_product(scales.rows, scales.cols), "torch: ", bytes.size(), " bytes for scales [", scales.rows,
          ", ", scales.cols, "]");
  std::vector<std::uint8_t> blocked(torch::blocked_bytes(scales));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    blocked[torch::blocked_offset(scales, i / scales.cols, i % scales.cols)] = bytes[i];
  }
  return blocked;
}

/// The inverse: scales row by row; the padding is not looked at.
/// @throws halftone::error if `blocked` is not blocked_bytes(scales) long
[[nodiscard]] inline std::vector<std::uint8_t> from_blocked(std::span<const std::uint8_t> blocked, matrix_shape scales) {
  expects(blocked.size() == torch::blocked_bytes(scales), "torch: ", blocked.size(), " bytes of blocked scales for [", scales.rows,
          ", ", scales.cols, "], which take ", torch::blocked_bytes(scales));
  std::vector<std::uint8_t> bytes(saturated_product(scales.rows, scales.cols));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = blocked[torch::blocked_offset(scales, i / scales.cols, i % scales.cols)];
  }
  return bytes;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::torch
