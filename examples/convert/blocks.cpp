// SPDX-License-Identifier: MIT
// Halftone example: rows of any tensor as blocks of a GGUF type.
#include "compile.hpp"

#include <halftone/quantize/compare.hpp>

namespace convert {

halftone::transcode_report convert_blocks(const source_tensor& from, const layer_type& type, const destination& to) {
  const target_type& blocks = *type.blocks;
  const std::size_t cols = from.cols();
  const row_reader read = from.open();
  if (from.type == nullptr && blocks.take_planes(read, from.shape(), to.blocks)) {  // from GGUF, rows are enough
    return {.exact = true, .error = halftone::reference::report_of(0.0, 0.0, 0.0, blocks.bits())};
  }
  const std::size_t length = from.type == nullptr ? 0 : from.type->row_bytes(cols);
  std::vector<float> wanted(cols);
  std::vector<float> values(cols);
  std::vector<std::uint8_t> bytes(blocks.row_bytes(cols));
  halftone::error_sums sums;
  bool exact = true;
  unsigned misses = 0;  // rows in a row that the type does not hold
  constexpr unsigned most_misses = 8;
  for (std::size_t row = 0; row < from.rows(); ++row) {
    read(row, wanted);
    const bool moved = from.type != nullptr && blocks.move_row(from.type->type, from.bytes.subspan(row * length, length), cols, bytes);
    if (!moved) {
      const bool held = read.parameters && misses < most_misses && blocks.hold_row(wanted, read, row, bytes);
      misses = held ? 0 : misses + 1;
      if (!held) {
        blocks.encode_row(wanted, bytes);
      }
    }
    blocks.decode_row(bytes, values);
    exact = exact && wanted == values;
    sums.add(wanted.data(), values.data(), cols);
    if (to.blocks != nullptr) {
      (*to.blocks)(bytes);
    }
  }
  return {.exact = exact, .error = sums.report(blocks.bits())};
}

}  // namespace convert
