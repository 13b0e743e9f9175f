// SPDX-License-Identifier: MIT
// Halftone example: the thread pool.
#include "thread_pool.hpp"

#include <utility>

namespace llama {

thread_pool::thread_pool(std::size_t threads) {
  for (std::size_t i = 1; i < threads; ++i) {
    workers_.emplace_back([this] { work(); });
  }
}

thread_pool::~thread_pool() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  start_.notify_all();
  for (std::thread& worker : workers_) {
    worker.join();
  }
}

void thread_pool::run(const halftone::task_ref& task, std::size_t count) noexcept {
  for (std::size_t i = next_.fetch_add(1); i < count; i = next_.fetch_add(1)) {
    try {
      task(i);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      failure_ = failure_ ? failure_ : std::current_exception();
    }
  }
}

void thread_pool::operator()(std::size_t count, halftone::task_ref task) {
  if (workers_.empty() || count <= 1) {
    for (std::size_t i = 0; i < count; ++i) {
      task(i);
    }
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    task_ = &task;
    count_ = count;
    next_ = 0;
    busy_ = workers_.size();
    ++job_;
  }
  start_.notify_all();
  run(task, count);
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return busy_ == 0; });
  if (auto failure = std::exchange(failure_, nullptr)) {
    std::rethrow_exception(failure);
  }
}

void thread_pool::work() {
  std::size_t finished = 0;
  std::unique_lock lock(mutex_);
  while (true) {
    start_.wait(lock, [&] { return stop_ || job_ != finished; });
    if (stop_) {
      return;
    }
    finished = job_;
    const halftone::task_ref* task = task_;
    const std::size_t count = count_;
    lock.unlock();
    run(*task, count);
    lock.lock();
    if (--busy_ == 0) {
      done_.notify_one();
    }
  }
}

}  // namespace llama
