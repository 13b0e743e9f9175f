// SPDX-License-Identifier: MIT
// Halftone example: the table.
#pragma once

#include "evaluation.hpp"
#include "language_model.hpp"
#include "speed.hpp"

#include <optional>
#include <string>
#include <vector>

namespace llama {

/// One row.
struct result_row {
  std::string name;
  model_size size;
  std::optional<std::uint64_t> peak_bytes;
  quality scores;
  speed rates;
};

/// The rows as an aligned table; ratios are to the first row. The column of joules is there if every row has them.
[[nodiscard]] std::string format_table(const std::vector<result_row>& rows);

}  // namespace llama
