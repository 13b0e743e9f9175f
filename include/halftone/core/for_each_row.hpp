// SPDX-License-Identifier: MIT
// Halftone: rows split over an executor.
#pragma once

#include <halftone/core/executor.hpp>

#include <algorithm>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Calls work(first, count) for rows that follow each other, in as many tasks as the executor runs at a time; count is at
/// least 1.
template <class Work>
void for_rows_together(std::size_t rows, const context& use, const Work& work) {
  const std::size_t tasks = std::max<std::size_t>(std::min(use.execute.concurrency(), rows), 1);
  const auto task = [&](std::size_t t) {
    const std::size_t first = rows * t / tasks;
    if (const std::size_t end = rows * (t + 1) / tasks; first < end) {
      work(first, end - first);
    }
  };
  use.execute(tasks, task);
}

/// Calls work(row) for every row, in as many tasks as the executor runs at a time.
template <class Work>
void for_each_row(std::size_t rows, const context& use, const Work& work) {
  for_rows_together(rows, use, [&](std::size_t first, std::size_t count) {
    for (std::size_t row = first; row < first + count; ++row) {
      work(row);
    }
  });
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
