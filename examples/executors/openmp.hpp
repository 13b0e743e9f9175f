// SPDX-License-Identifier: MIT
// Halftone example: OpenMP as an executor. Copy it, and compile with -fopenmp.
#pragma once

#include <halftone/core/executor.hpp>

#include <exception>

namespace executors {

/// Runs tasks on a team of up to `threads` threads. A call from inside a task runs on that task's thread alone, unless
/// the program allows nested teams (OMP_MAX_ACTIVE_LEVELS).
/// The first exception that a task throws is thrown again by the call: none may leave a parallel region.
struct openmp {
  int threads = 1;

  void operator()(std::size_t count, halftone::task_ref task) const {
    std::exception_ptr failure;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (std::size_t i = 0; i < count; ++i) {
      try {
        task(i);
      } catch (...) {
#pragma omp critical(halftone_executor_failure)
        if (!failure) {
          failure = std::current_exception();
        }
      }
    }
    if (failure) {
      std::rethrow_exception(failure);
    }
  }
};

}  // namespace executors
