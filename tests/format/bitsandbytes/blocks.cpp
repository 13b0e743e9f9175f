// SPDX-License-Identifier: MIT
// Halftone tests: bytes of flat 4-bit codes, there and back.
#include <halftone/format/bitsandbytes/blocks.hpp>

#include <halftone/core/random.hpp>
#include <halftone/format/bitsandbytes/quantize.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace halftone;
using nf4_32 = bitsandbytes::nf4_blocks<32>;

namespace {
template <class Scheme>
quantized_matrix<Scheme> matrix(std::size_t rows, std::size_t cols) {
  std::vector<float> w(rows * cols);
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = random_unit(3, i) - 0.5f;
  }
  return bitsandbytes::quantize<Scheme>({w.data(), rows, cols});
}
template <class Granularity>
using in_groups = scheme<nf4, symmetric, Granularity, bitsandbytes::by_floored_reciprocal>;
static_assert(bitsandbytes::block_scheme<in_groups<flat_blocks<16>>> && bitsandbytes::block_scheme<nf4_32>);
static_assert(!bitsandbytes::block_scheme<in_groups<per_group<32>>> && !bitsandbytes::block_scheme<in_groups<per_tensor>>);

template <class Scheme>
void there_and_back(std::size_t rows, std::size_t cols) {
  const auto q = matrix<Scheme>(rows, cols);
  const std::vector<std::uint8_t> bytes = bitsandbytes::code_bytes(q);
  CHECK(bytes.size() == (rows * cols + 1) / 2);
  quantized_matrix<Scheme> again(q.shape());
  CHECK(!bitsandbytes::read_codes(bytes, again));
  CHECK(std::ranges::equal(again.codes(), q.codes()));
}
}  // namespace

TEST_CASE("bytes come back") {
  for (const std::size_t cols : {1u, 2u, 5u, 32u, 33u}) {
    for (const std::size_t rows : {0u, 1u, 3u, 4u}) {
      there_and_back<nf4_32>(rows, cols);
      there_and_back<bitsandbytes::fp4_nested<32>>(rows, cols);
    }
  }
  there_and_back<nf4_32>(3, 0);
}

TEST_CASE("the first code is the high half, rows run on, and what is left over is the code of zero") {
  const auto q = matrix<nf4_32>(3, 3);
  const std::vector<std::uint8_t> bytes = bitsandbytes::code_bytes(q);
  CHECK(bytes[0] == (q.code_at(0, 0) << 4 | q.code_at(0, 1)));
  CHECK(bytes[1] == (q.code_at(0, 2) << 4 | q.code_at(1, 0)));
  CHECK(bytes[4] == (q.code_at(2, 2) << 4 | 7));
  CHECK((bitsandbytes::code_bytes(matrix<bitsandbytes::fp4_blocks<32>>(1, 1))[0] & 15) == 0);
}

TEST_CASE("other sizes are refused") {
  quantized_matrix<nf4_32> q(matrix_shape{3, 3});
  const std::vector<std::uint8_t> bytes(6);
  CHECK(bitsandbytes::read_codes(std::span(bytes).first(4), q)->code == file_error::truncated);
  const auto failure = bitsandbytes::read_codes(bytes, q);
  REQUIRE(failure);
  CHECK(failure->code == file_error::bad_extent);
  CHECK(failure->text == "bitsandbytes: 6 bytes of codes for [3, 3], which take 5");
}
