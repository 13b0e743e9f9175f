// SPDX-License-Identifier: MIT
// Halftone example: oneTBB as an executor. Copy it, and link TBB::tbb.
#pragma once

#include <halftone/core/executor.hpp>

#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/partitioner.h>
#include <oneapi/tbb/task_arena.h>

namespace executors {

/// Runs tasks in an arena of its own with `threads` threads. oneTBB throws again what a task throws, and then does not
/// begin the tasks that are left.
class onetbb {
 public:
  explicit onetbb(int threads) : arena_(threads) {}

  void operator()(std::size_t count, halftone::task_ref task) {
    arena_.execute([&] {
      // Isolated: a thread that waits for a nested call takes up no task of an outer one meanwhile, so what the outer
      // tasks keep on their stacks or in thread_local variables stays theirs.
      oneapi::tbb::this_task_arena::isolate([&] {
        oneapi::tbb::parallel_for(std::size_t{0}, count, [&](std::size_t i) { task(i); },
                                  oneapi::tbb::simple_partitioner{});
      });
    });
  }

 private:
  oneapi::tbb::task_arena arena_;
};

}  // namespace executors
