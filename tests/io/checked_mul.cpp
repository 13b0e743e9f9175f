// SPDX-License-Identifier: MIT
// Halftone tests: products of numbers from a file.
#include <halftone/io/checked_mul.hpp>

#include <doctest/doctest.h>

using halftone::detail::checked_mul;

TEST_CASE("a product that wraps is none") {
  constexpr std::uint64_t top = ~std::uint64_t{0};
  CHECK(checked_mul(0, top) == std::uint64_t{0});
  CHECK(checked_mul(top, 0) == std::uint64_t{0});
  CHECK(checked_mul(1, top) == top);
  CHECK(checked_mul(std::uint64_t{1} << 32, (std::uint64_t{1} << 32) - 1) == top - 0xffffffffu);
  CHECK(!checked_mul(std::uint64_t{1} << 32, std::uint64_t{1} << 32));
  CHECK(!checked_mul(2, top));
  CHECK(checked_mul(3, top / 3) == top);
  CHECK(!checked_mul(3, top / 3 + 1));
}
