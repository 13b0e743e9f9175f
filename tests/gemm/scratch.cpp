// SPDX-License-Identifier: MIT
#include <halftone/gemm/scratch.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace halftone;

TEST_CASE("pieces start on 64 bytes, do not overlap and fit what bytes_of says") {
  for (std::size_t shift = 0; shift < 64; shift += 7) {
    std::vector<std::byte> memory(1024);
    scratch pieces(std::span<std::byte>(memory).subspan(shift));
    auto* floats = pieces.take<float>(17);
    auto* bytes = pieces.take<std::uint8_t>(65);
    auto* rest = pieces.take<std::byte>(0);
    CHECK(reinterpret_cast<std::uintptr_t>(floats) % 64 == 0);
    CHECK(reinterpret_cast<std::uintptr_t>(bytes) % 64 == 0);
    CHECK(reinterpret_cast<std::byte*>(bytes) - reinterpret_cast<std::byte*>(floats) == 128);
    CHECK(rest - reinterpret_cast<std::byte*>(bytes) == 128);
    CHECK(reinterpret_cast<std::byte*>(floats) - memory.data() < static_cast<std::ptrdiff_t>(shift + 64));
  }
  CHECK(scratch::bytes_of<float>(16) == 64);
  CHECK(scratch::bytes_of<float>(17) == 128);
  CHECK(scratch::bytes_of<float>(0) == 0);
}
