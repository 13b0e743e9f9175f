// SPDX-License-Identifier: MIT
// Super-blocks: sums stay integers until a super-block ends, on every path.
#include "gemm/check.hpp"
#include "gemm/super_block_schemes.hpp"

#include <halftone/gemm/grouped_gemm.hpp>
#include <halftone/reference/grouped_gemm.hpp>

using namespace halftone;
using namespace super_block_test;

namespace {

constexpr gemm_test::shape shapes[] = {{1, 1, 1},    {1, 17, 256}, {2, 5, 31},   {3, 33, 300}, {4, 16, 512},
                                       {5, 40, 100}, {9, 70, 257}, {17, 64, 640}, {300, 3, 96}, {1, 80, 2100}};

template <class Scheme>
void check_scheme() {
  for (const gemm_test::shape& s : shapes) {
    gemm_test::check_all<Scheme>(s);
  }
}

/// The kernels against the reference, with a scale for each group of activations.
template <class Scheme, class Activations>
void check_groups() {
  for (const gemm_test::shape& s : shapes) {
    CAPTURE(s.m);
    CAPTURE(s.n);
    CAPTURE(s.k);
    const std::vector<float> weights = gemm_test::values_of(s.n * s.k, s.k);
    const std::vector<float> x = gemm_test::values_of(s.m * s.k, s.m);
    const auto q = quantize<Scheme>({weights.data(), s.n, s.k});
    const auto activations = dynamic<Activations>(matrix_view<const float>(x.data(), s.m, s.k));
    gemm_test::output expected(s.m, s.n);
    gemm_test::output actual(s.m, s.n);
    reference::gemm(activations, q, expected.view());
    gemm(activations, pack(q), actual.view());
    CHECK(std::memcmp(actual.values.data(), expected.values.data(), actual.values.size() * sizeof(float)) == 0);
  }
}

}  // namespace

TEST_CASE("integer scales and minima under two floats") { check_scheme<four_bits>(); }
TEST_CASE("signed integer scales") { check_scheme<six_bits>(); }
TEST_CASE("integer scales beside zero points") {
  check_scheme<five_bits>();
  check_scheme<odd_groups>();
}
TEST_CASE("integer scales of 8-bit weights") { check_scheme<eight_bits>(); }

TEST_CASE("a scale for each super-block of activations") {
  check_groups<four_bits, int8_per_token_group<256>>();
  check_groups<eight_bits, int8_per_token_group<512>>();
}

TEST_CASE("packed super-blocks come back, and count what a multiplication reads") {
  const std::vector<float> w = gemm_test::values_of(20 * 300, 3);
  const auto q = quantize<four_bits>({w.data(), 20, 300});
  const auto packed = pack(q);
  const auto back = unpack(packed);
  CHECK(std::equal(back.codes().begin(), back.codes().end(), q.codes().begin(), q.codes().end()));
  // Two panels: lines, ten groups of two bytes, two super-blocks of two floats; 16 columns.
  CHECK(packed.streamed_bytes() == 2 * (38 * 64 + 16 * (10 * 2 + 4 * 2 * 2)));
}
