// SPDX-License-Identifier: MIT
// Halftone tests: an operator new that remembers how much memory there was at most. Sizes stand before the memory.
#include "allocation_peak.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

namespace {

std::size_t now = 0;
std::size_t largest = 0;
constexpr std::size_t before = 64;  // keeps every alignment that is asked for

void* allocate(std::size_t size) noexcept {
  auto* const memory = static_cast<std::uint8_t*>(std::aligned_alloc(before, (size + 2 * before - 1) / before * before));
  if (memory == nullptr) {
    return nullptr;
  }
  *reinterpret_cast<std::size_t*>(memory) = size;
  now += size;
  largest = std::max(largest, now);
  return memory + before;
}

void release(void* memory) noexcept {
  if (memory != nullptr) {
    auto* const start = static_cast<std::uint8_t*>(memory) - before;
    now -= *reinterpret_cast<std::size_t*>(start);
    std::free(start);
  }
}

}  // namespace

namespace halftone_test {

std::size_t restart_peak() {
  largest = now;
  return now;
}
std::size_t peak() { return largest; }

}  // namespace halftone_test

// Not inlined: g++ would take std::free for the wrong partner of a new that it does not see through.
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* const memory = allocate(size);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t) { return operator new(size); }
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t, const std::nothrow_t&) noexcept { return allocate(size); }
[[gnu::noinline]] void operator delete(void* memory) noexcept { release(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { release(memory); }
[[gnu::noinline]] void operator delete(void* memory, const std::nothrow_t&) noexcept { release(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t, const std::nothrow_t&) noexcept { release(memory); }

TEST_CASE("the largest memory is found, not the last") {
  const std::size_t start = halftone_test::restart_peak();
  {
    const std::vector<char> some(12345);
    CHECK(halftone_test::peak() - start == some.size());
  }
  const std::vector<char> less(100);
  CHECK(halftone_test::peak() - start == 12345);
}
