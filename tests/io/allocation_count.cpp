// SPDX-License-Identifier: MIT
// Halftone tests: an operator new that counts. A program has one; so the tests of this folder share it.
#include "allocation_count.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <new>
#include <vector>

namespace {

std::size_t allocated = 0;

}  // namespace

namespace halftone_test {

std::size_t allocated_bytes() { return allocated; }

}  // namespace halftone_test

// Not inlined: g++ would take std::free for the wrong partner of a new that it does not see through.
[[gnu::noinline]] void* operator new(std::size_t size) {
  allocated += size;
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}
// Which std::stable_sort asks for its buffer.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  allocated += size;
  return std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

TEST_CASE("memory that is asked for is counted") {
  const std::size_t before = halftone_test::allocated_bytes();
  const std::vector<char> some(12345);
  CHECK(halftone_test::allocated_bytes() - before == some.size());
  void* const more = ::operator new(100, std::nothrow);
  CHECK(halftone_test::allocated_bytes() - before == some.size() + 100);
  ::operator delete(more);
}
