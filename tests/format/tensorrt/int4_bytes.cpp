// SPDX-License-Identifier: MIT
// Halftone tests: bytes of int4 weights, there and back, and bytes that are wrong.
#include <halftone/format/tensorrt/int4_bytes.hpp>

#include <halftone/format/tensorrt/schemes.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace halftone;

namespace {
template <class Scheme>
quantized_matrix<Scheme> counting(std::size_t rows, std::size_t cols) {
  quantized_matrix<Scheme> q(matrix_shape{rows, cols});
  for (std::size_t i = 0; i < rows * cols; ++i) {
    write_code<4>(q.row_codes(i / cols).data(), i % cols, static_cast<std::uint32_t>(i * 7 + i / 16) & 15u);
  }
  return q;
}
}  // namespace

TEST_CASE("row pairs: the even row is low") {
  using scheme = tensorrt::int4_blocks<16>;
  auto q = counting<scheme>(2, 3);
  const std::vector<std::uint8_t> bytes = tensorrt::to_row_pairs(q);
  CHECK(bytes == std::vector<std::uint8_t>{0x50, 0xc7, 0x3e});
  for (const std::size_t cols : {0u, 1u, 15u, 16u, 33u}) {
    for (const std::size_t rows : {0u, 2u, 6u}) {
      q = counting<scheme>(rows, cols);
      const auto again = tensorrt::from_row_pairs<scheme>(tensorrt::to_row_pairs(q), {rows, cols});
      REQUIRE(again.has_value());
      CHECK(std::ranges::equal(again.value().codes(), q.codes()));
    }
  }
  CHECK_THROWS_WITH_AS(static_cast<void>(tensorrt::to_row_pairs(counting<scheme>(3, 2))),
                       "tensorrt: int4 weights are packed as pairs of rows, this matrix has 3", error);
}

TEST_CASE("high first: level + 8, and blocks are filled up with zeros") {
  using scheme = tensorrt::int4_reciprocal<flat_blocks<6>>;
  auto q = counting<scheme>(1, 3);
  CHECK(tensorrt::to_high_first<6>(q) == std::vector<std::uint8_t>{0x8f, 0x68, 0x88});
  for (const std::size_t cols : {0u, 1u, 5u, 6u, 7u, 33u}) {
    q = counting<scheme>(3, cols);
    const std::vector<std::uint8_t> bytes = tensorrt::to_high_first<6>(q);
    CHECK(bytes.size() == ceil_div(3 * cols, 6) * 3);
    const auto again = tensorrt::from_high_first<scheme, 6>(bytes, {3, cols});
    REQUIRE(again.has_value());
    CHECK(std::ranges::equal(again.value().codes(), q.codes()));
  }
}

TEST_CASE("wrong lengths are refused") {
  const std::vector<std::uint8_t> bytes(24);
  using pairs = tensorrt::int4_blocks<16>;
  CHECK(tensorrt::from_row_pairs<pairs>(bytes, {2, 24}).has_value());
  CHECK(tensorrt::from_row_pairs<pairs>(bytes, {2, 25}).failure().code == file_error::truncated);
  CHECK(tensorrt::from_row_pairs<pairs>(bytes, {2, 23}).failure().code == file_error::bad_extent);
  CHECK(tensorrt::from_row_pairs<pairs>(bytes, {~std::size_t{1}, 24}).failure().code == file_error::truncated);
  const auto odd = tensorrt::from_row_pairs<pairs>(bytes, {3, 16});
  REQUIRE(!odd.has_value());
  CHECK(odd.failure().text.find("packed as pairs of rows, not 3 rows") != std::string::npos);

  CHECK(tensorrt::from_high_first<pairs, 16>(bytes, {1, 48}).has_value());
  CHECK(tensorrt::from_high_first<pairs, 16>(bytes, {1, 49}).failure().code == file_error::truncated);
  const auto long_one = tensorrt::from_high_first<pairs, 16>(bytes, {1, 32});
  REQUIRE(!long_one.has_value());
  CHECK(long_one.failure().code == file_error::bad_extent);
  CHECK(long_one.failure().offset == 24);
  CHECK(long_one.failure().text.find("24 bytes of int4 for [1, 32], which take 16") != std::string::npos);
  CHECK(tensorrt::from_high_first<pairs, 16>(bytes, {~std::size_t{0}, 24}).failure().code == file_error::truncated);
}
