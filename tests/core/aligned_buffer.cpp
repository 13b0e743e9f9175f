// SPDX-License-Identifier: MIT
// Halftone tests: aligned memory with value semantics.
#include <halftone/core/aligned_buffer.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <initializer_list>
#include <utility>

using halftone::aligned_buffer;

TEST_CASE_TEMPLATE("a buffer starts on 64 bytes and is zero", T, std::uint8_t, std::int32_t, float, double) {
  for (const std::size_t size : {1u, 7u, 15u, 16u, 17u, 63u, 64u, 65u, 997u}) {
    const aligned_buffer<T> buffer(size);
    CHECK(buffer.size() == size);
    CHECK(reinterpret_cast<std::uintptr_t>(buffer.data()) % 64 == 0);
    bool all_zero = true;
    for (const T& value : buffer.span()) {
      all_zero = all_zero && value == T{};
    }
    CHECK(all_zero);
  }
}

TEST_CASE("an empty buffer owns nothing") {
  const aligned_buffer<float> none;
  CHECK(none.size() == 0);
  CHECK(none.data() == nullptr);
  CHECK(none.span().empty());
  const aligned_buffer<float> zero(0);
  CHECK(zero.data() == nullptr);
  const aligned_buffer<float> copy(zero);
  CHECK(copy.data() == nullptr);
}

TEST_CASE("a copy is apart from its source") {
  aligned_buffer<std::int32_t> source(17);
  for (std::size_t i = 0; i < 17; ++i) {
    source[i] = static_cast<std::int32_t>(i) - 8;
  }
  aligned_buffer<std::int32_t> copy(source);
  source[3] = 99;
  CHECK(copy[3] == -5);
  CHECK(copy[16] == 8);
  CHECK(copy.data() != source.data());
}

TEST_CASE("a move takes the memory and leaves nothing behind") {
  aligned_buffer<float> source(5);
  source[4] = 2.5f;
  const float* where = source.data();
  aligned_buffer<float> target(std::move(source));
  CHECK(target.data() == where);
  CHECK(target[4] == 2.5f);
  CHECK(source.size() == 0);  // NOLINT: the state after a move is promised
  CHECK(source.data() == nullptr);
}

TEST_CASE("assignment replaces the contents, from a copy, a temporary and itself") {
  aligned_buffer<float> a(3);
  a[0] = 1.0f;
  aligned_buffer<float> b(9);
  b[8] = 4.0f;
  a = b;
  CHECK(a.size() == 9);
  CHECK(a[8] == 4.0f);
  CHECK(b[8] == 4.0f);
  a = aligned_buffer<float>(2);
  CHECK(a.size() == 2);
  CHECK(a[1] == 0.0f);
  const aligned_buffer<float>& self = b;
  b = self;
  CHECK(b.size() == 9);
  CHECK(b[8] == 4.0f);
}
