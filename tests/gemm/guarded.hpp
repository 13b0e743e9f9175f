// SPDX-License-Identifier: MIT
// Memory between two pages that nobody may touch: one byte read or written outside it ends the program.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>

#include <sys/mman.h>
#include <unistd.h>

namespace gemm_test {

/// Room for `count` values that ends at a guard page, or starts right after one.
template <class T>
class guarded {
 public:
  enum class edge { front, back };

  guarded(std::size_t count, edge touches) : count_(count) {
    page_ = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t bytes = count * sizeof(T);
    inner_ = (bytes + page_ - 1) / page_ * page_;
    void* memory = mmap(nullptr, inner_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
      throw std::bad_alloc();
    }
    base_ = static_cast<std::byte*>(memory);
    if (inner_ != 0) {
      mprotect(base_ + page_, inner_, PROT_READ | PROT_WRITE);
    }
    std::byte* start = base_ + page_ + (touches == edge::back ? inner_ - bytes : 0);
    data_ = reinterpret_cast<T*>(start);
  }
  guarded(const guarded&) = delete;
  guarded& operator=(const guarded&) = delete;
  ~guarded() { munmap(base_, inner_ + 2 * page_); }

  [[nodiscard]] T* data() noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] T& operator[](std::size_t i) noexcept { return data_[i]; }

 private:
  std::size_t count_;
  std::size_t page_ = 0;
  std::size_t inner_ = 0;
  std::byte* base_ = nullptr;
  T* data_ = nullptr;
};

}  // namespace gemm_test
