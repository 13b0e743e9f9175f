// SPDX-License-Identifier: MIT
// Halftone example: a few threads as an executor, pool(count, task).
#pragma once

#include <halftone/core/executor.hpp>

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace llama {

/// Runs tasks on the caller and `threads - 1` threads of its own. One call at a time.
/// The first exception that a task throws is thrown again by the call, after all tasks have ended.
class thread_pool {
 public:
  explicit thread_pool(std::size_t threads);
  ~thread_pool();
  thread_pool(const thread_pool&) = delete;
  thread_pool& operator=(const thread_pool&) = delete;

  [[nodiscard]] std::size_t size() const noexcept { return workers_.size() + 1; }
  void operator()(std::size_t count, halftone::task_ref task);

  /// A context whose kernels split their work over these threads.
  [[nodiscard]] halftone::context context() { return {.execute = halftone::executor_ref(*this, size())}; }

 private:
  void work();
  void run(const halftone::task_ref& task, std::size_t count) noexcept;

  std::mutex mutex_;
  std::condition_variable start_;
  std::condition_variable done_;
  const halftone::task_ref* task_ = nullptr;
  std::size_t count_ = 0;
  std::size_t job_ = 0;   // number of the current job; a worker takes part in each one once
  std::size_t busy_ = 0;  // workers that have not finished it
  bool stop_ = false;
  std::atomic<std::size_t> next_ = 0;
  std::exception_ptr failure_;
  std::vector<std::thread> workers_;
};

}  // namespace llama
