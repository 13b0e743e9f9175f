// SPDX-License-Identifier: MIT
// Halftone example: a fixed number of threads as an executor. Copy it.
//
// Several callers may use one pool at once, and a task may call it again: whoever calls runs tasks of that call too, and
// then waits only for those that others have already begun. So nothing waits for a thread that is not running.
#pragma once

#include <halftone/core/executor.hpp>

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace executors {

/// Runs tasks on the caller and on `threads - 1` threads of its own.
/// The first exception that a task throws is thrown again by the call, after all its tasks have ended.
/// Cost: two locks of one mutex a task; made for kernels, which split a call into as many tasks as there are threads.
class thread_pool {
 public:
  explicit thread_pool(std::size_t threads) {
    try {
      for (std::size_t i = 1; i < threads; ++i) {
        workers_.emplace_back([this] { work(); });
      }
    } catch (...) {  // the system has no more threads: end those that run
      stop();
      throw;
    }
  }
  ~thread_pool() { stop(); }
  thread_pool(const thread_pool&) = delete;
  thread_pool& operator=(const thread_pool&) = delete;

  void operator()(std::size_t count, halftone::task_ref task) {
    if (count == 0) {
      return;
    }
    call own{.task = task, .count = count, .unfinished = count};
    std::unique_lock lock(mutex_);
    calls_.push_back(&own);
    wake_.notify_all();
    while (own.next < own.count) {
      run_one(own, lock);
    }
    own.done.wait(lock, [&] { return own.unfinished == 0; });
    if (own.failure) {
      std::rethrow_exception(own.failure);
    }
  }

 private:
  /// A call of the pool, on its caller's stack. It is in `calls_` while it has tasks that nobody has begun.
  struct call {
    halftone::task_ref task;
    std::size_t count;
    std::size_t unfinished;
    std::size_t next = 0;
    std::exception_ptr failure{};
    std::condition_variable done{};
  };

  /// Takes the next task of a call and runs it, without the lock.
  void run_one(call& c, std::unique_lock<std::mutex>& lock) {
    const std::size_t index = c.next++;
    if (c.next == c.count) {
      std::erase(calls_, &c);
    }
    std::exception_ptr failure;
    lock.unlock();
    try {
      c.task(index);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    if (failure && !c.failure) {
      c.failure = failure;
    }
    if (--c.unfinished == 0) {
      c.done.notify_all();  // under the lock: its owner destroys it as soon as it can look
    }
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stop_ || !calls_.empty(); });
      if (stop_) {
        return;
      }
      run_one(*calls_.back(), lock);  // the newest call first: an older one may be waiting for it
    }
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) {
      worker.join();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<call*> calls_;
  bool stop_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace executors
