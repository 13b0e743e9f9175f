// SPDX-License-Identifier: MIT
// Halftone: how work is handed to the caller's threads, and where kernels find scratch memory.
//
// An executor is anything callable as executor(count, task): it calls task(i) once for each i in [0, count), in any
// order, on any threads, and returns when all are done. The library starts no thread and owns no pool.
#pragma once

#include <halftone/core/config.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>

namespace halftone::inline v0_1 {

/// A reference to a callable task(index). Does not own it.
class task_ref {
 public:
  template <class Task>
    requires(!std::same_as<std::remove_cvref_t<Task>, task_ref> && std::invocable<Task&, std::size_t>)
  task_ref(Task& task)  // NOLINT: implicit on purpose
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(task)))),
        call_([](void* object, std::size_t index) { (*static_cast<Task*>(object))(index); }) {}

  void operator()(std::size_t index) const { call_(object_, index); }

 private:
  void* object_;
  void (*call_)(void*, std::size_t);
};

/// executor(count, task) calls task(0) .. task(count - 1), each once.
template <class E>
concept executor = requires(E& e, std::size_t count, task_ref task) { e(count, task); };

/// A reference to an executor and how many tasks it can run at once. The default runs tasks in order on the caller.
class executor_ref {
 public:
  executor_ref() = default;

  /// @param concurrency  into how many tasks kernels split their work
  template <executor Executor>
    requires(!std::same_as<std::remove_cvref_t<Executor>, executor_ref>)
  executor_ref(Executor& e, std::size_t concurrency)
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(e)))),
        call_([](void* object, std::size_t count, task_ref task) { (*static_cast<Executor*>(object))(count, task); }),
        concurrency_(concurrency == 0 ? 1 : concurrency) {}

  [[nodiscard]] std::size_t concurrency() const noexcept { return concurrency_; }

  void operator()(std::size_t count, task_ref task) const {
    if (call_ != nullptr) {
      call_(object_, count, task);
      return;
    }
    for (std::size_t i = 0; i < count; ++i) {
      task(i);
    }
  }

 private:
  void* object_ = nullptr;
  void (*call_)(void*, std::size_t, task_ref) = nullptr;
  std::size_t concurrency_ = 1;
};

/// What a kernel may use besides its arguments. An empty workspace means: allocate once in this call.
struct context {
  std::span<std::byte> workspace{};
  executor_ref execute{};
};

}  // namespace halftone::inline v0_1
