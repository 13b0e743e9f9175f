// SPDX-License-Identifier: MIT
// Halftone tests: executors run every task once; the default runs them in order.
#include <halftone/core/executor.hpp>

#include <doctest/doctest.h>

#include <thread>
#include <vector>

namespace {

/// Runs each task on a thread of its own, last first.
struct thread_each {
  std::size_t calls = 0;
  void operator()(std::size_t count, halftone::task_ref task) {
    ++calls;
    std::vector<std::thread> threads;
    for (std::size_t i = count; i-- > 0;) {
      threads.emplace_back([task, i] { task(i); });
    }
    for (std::thread& t : threads) {
      t.join();
    }
  }
};

struct not_an_executor {
  void operator()(std::size_t) {}
};

static_assert(halftone::executor<thread_each> && halftone::executor<halftone::executor_ref>);
static_assert(!halftone::executor<not_an_executor> && !halftone::executor<int>);

}  // namespace

TEST_CASE("the default executor runs tasks in order on the caller") {
  const halftone::executor_ref run;
  CHECK(run.concurrency() == 1);
  std::vector<std::size_t> order;
  const std::thread::id caller = std::this_thread::get_id();
  bool on_caller = true;
  auto task = [&](std::size_t i) {
    order.push_back(i);
    on_caller = on_caller && std::this_thread::get_id() == caller;
  };
  run(5, task);
  CHECK(order == std::vector<std::size_t>{0, 1, 2, 3, 4});
  CHECK(on_caller);
  run(0, task);
  CHECK(order.size() == 5);
}

TEST_CASE("a user's executor is called once and runs every task once") {
  thread_each threads;
  const halftone::executor_ref run(threads, 3);
  CHECK(run.concurrency() == 3);
  std::vector<int> seen(7, 0);
  auto task = [&](std::size_t i) { ++seen[i]; };
  run(seen.size(), task);
  CHECK(seen == std::vector<int>(7, 1));
  CHECK(threads.calls == 1);
}

TEST_CASE("an executor of concurrency zero counts as one") {
  thread_each threads;
  CHECK(halftone::executor_ref(threads, 0).concurrency() == 1);
}

TEST_CASE("a task_ref refers to its task and copies with it") {
  std::size_t sum = 0;
  auto task = [&sum](std::size_t i) { sum += i; };
  const halftone::task_ref first(task);
  const halftone::task_ref second = first;
  first(3);
  second(4);
  CHECK(sum == 7);
}

TEST_CASE("an empty context has no workspace and runs on the caller") {
  const halftone::context none;
  CHECK(none.workspace.empty());
  CHECK(none.execute.concurrency() == 1);
}
