// rule: executor
// SPDX-License-Identifier: MIT
#include <halftone/core/executor.hpp>

struct pool {
#ifndef HALFTONE_COMPILE_FAIL_CONTROL
  void operator()(std::size_t) {}
#else
  void operator()(std::size_t, halftone::task_ref) {}
#endif
};

pool threads;
halftone::executor_ref run(threads, 2);
