// SPDX-License-Identifier: MIT
// Halftone example: the types of tensors that this program writes.
#pragma once

#include "row_reader.hpp"

#include <halftone/io/gguf_type.hpp>
#include <halftone/reference/transcode.hpp>

#include <span>
#include <string>
#include <vector>

namespace convert {

/// What a type of GGUF tensors can do here. Compiled once for each type, in types/.
struct target_type {
  halftone::gguf_tensor_type type{};
  std::size_t block = 1;  ///< a row is a whole number of them
  std::size_t block_bytes = 0;

  /// Rows of blocks.
  row_reader (*open)(std::span<const std::uint8_t> bytes, std::size_t cols);
  /// The floats of one row.
  void (*decode_row)(std::span<const std::uint8_t> bytes, std::span<float> row);
  /// Blocks of a row of floats, by ggml's encoder.
  void (*encode_row)(std::span<const float> row, std::span<std::uint8_t> bytes);
  /// Moves a row of another type, if this type holds its numbers.
  bool (*move_row)(halftone::gguf_tensor_type from, std::span<const std::uint8_t> bytes, std::size_t cols,
                   std::span<std::uint8_t> to);

  /// Blocks that hold the floats of a row exactly. @return false where there are none
  bool (*hold_row)(std::span<const float> row, const row_reader& source, std::size_t index, std::span<std::uint8_t> bytes);

  /// Writes the planes of a source as blocks, if they mean the same. @return whether they do
  bool (*take_planes)(const row_reader& source, halftone::matrix_shape shape, const std::function<void(std::span<const std::uint8_t>)>* write);

  [[nodiscard]] std::size_t row_bytes(std::size_t cols) const noexcept { return cols / block * block_bytes; }
  [[nodiscard]] double bits() const noexcept { return 8.0 * static_cast<double>(block_bytes) / static_cast<double>(block); }
};

/// All types, those that lose less first.
[[nodiscard]] std::span<const target_type* const> target_types();

/// The entry of a type; null if this program does not know it.
[[nodiscard]] const target_type* find_type(halftone::gguf_tensor_type type);
[[nodiscard]] const target_type* find_type(const std::string& name);

}  // namespace convert
