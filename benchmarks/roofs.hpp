// SPDX-License-Identifier: MIT
// Halftone benchmarks: roofs of the machine at hand: what registers alone can do, and what memory delivers.
//
//   dot roof     the best exact sequence for a code width, on registers: no loads, no unpacking
//   decode roof  the same with every weight register unpacked from bit planes once per use (one row of activations)
//   fma roof     fused steps of fp32 on registers
//   bandwidth    wide loads of a buffer of a given size; or a copy that reads and writes given amounts
//
// With two threads a roof is measured on both at once.
#pragma once

#include "measure.hpp"
#include "two_threads.hpp"

#include <memory>

namespace halftone_benchmark {

using pool = std::shared_ptr<two_threads>;  ///< null: one thread

/// A subject that does the work of `one` on both threads at once.
[[nodiscard]] inline subject on_each(subject one, const pool& threads) {
  if (threads == nullptr) {
    return one;
  }
  return {one.name + ", two threads",
          [work = one.work, threads] {
            const auto task = [&](std::size_t) { work(); };
            (*threads)(2, task);
          },
          2.0 * one.amount};
}

[[nodiscard]] subject dot_roof(unsigned bits, const pool& threads = {});
[[nodiscard]] subject decode_roof(unsigned bits, const pool& threads = {});
[[nodiscard]] subject fma_roof(const pool& threads = {});
[[nodiscard]] subject read_roof(std::size_t bytes, const pool& threads = {});

/// Reads `in` bytes and writes `out` bytes, with ordinary stores; one of them is 1, 2, 4 or 8 times the other.
/// (Stores that bypass the caches are faster beyond them, at the cost of whoever reads next; kernels do not use them.)
/// @param passes  how often the input is read: once more without writing if 2
[[nodiscard]] subject copy_roof(std::size_t in, std::size_t out, int passes = 1);

/// Every way to reach the dot and decode roofs of a width, by name: the roof is the fastest.
[[nodiscard]] std::vector<subject> dot_sequences(unsigned bits, bool decode);

}  // namespace halftone_benchmark
