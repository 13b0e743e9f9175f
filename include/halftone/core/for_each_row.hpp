// SPDX-License-Identifier: MIT
// Halftone: rows split over an executor.
#pragma once

#include <halftone/core/executor.hpp>

#include <algorithm>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Calls work(row) for every row, in as many tasks as the executor runs at a time.
template <class Work>
void for_each_row(std::size_t rows, const context& use, const Work& work) {
  const std::size_t tasks = std::max<std::size_t>(std::min(use.execute.concurrency(), rows), 1);
  const auto task = [&](std::size_t t) {
    for (std::size_t row = rows * t / tasks; row < rows * (t + 1) / tasks; ++row) {
      work(row);
    }
  };
  use.execute(tasks, task);
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
