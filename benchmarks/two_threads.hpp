// SPDX-License-Identifier: MIT
// Halftone benchmarks: an executor of the caller and one std::thread, ready at once: it spins a while before it sleeps.
#pragma once

#include <halftone/core/executor.hpp>

#include <atomic>
#include <cstdint>
#include <thread>

namespace halftone_benchmark {

class two_threads {
 public:
  two_threads() : worker_([this] { serve(); }) {}
  ~two_threads() {
    stop_ = true;
    announce();
    worker_.join();
  }
  two_threads(const two_threads&) = delete;
  two_threads& operator=(const two_threads&) = delete;

  /// Runs task(0) ... task(count - 1): the even ones here, the odd ones on the other thread.
  void operator()(std::size_t count, halftone::task_ref task) {
    task_ = &task;
    count_ = count;
    const std::uint32_t job = announce();
    run(0);
    for (int spins = 0; done_.load(std::memory_order_acquire) != job; ++spins) {
      if (spins > most_spins) {
        std::this_thread::yield();
      }
    }
  }
  [[nodiscard]] halftone::executor_ref executor() { return {*this, 2}; }

 private:
  static constexpr int most_spins = 20000;

  std::uint32_t announce() {
    const std::uint32_t job = job_.fetch_add(1, std::memory_order_acq_rel) + 1;
    job_.notify_one();
    return job;
  }
  void run(std::size_t first) const {
    for (std::size_t i = first; i < count_; i += 2) {
      (*task_)(i);
    }
  }
  void serve() {
    for (std::uint32_t seen = 0;; ++seen) {
      for (int spins = 0; job_.load(std::memory_order_acquire) == seen; ++spins) {
        if (spins > most_spins) {
          job_.wait(seen, std::memory_order_acquire);
        }
      }
      if (stop_) {
        return;
      }
      run(1);
      done_.store(seen + 1, std::memory_order_release);
    }
  }

  halftone::task_ref* task_ = nullptr;
  std::size_t count_ = 0;
  std::atomic<bool> stop_ = false;
  std::atomic<std::uint32_t> job_ = 0;
  std::atomic<std::uint32_t> done_ = 0;
  std::thread worker_;
};

}  // namespace halftone_benchmark
