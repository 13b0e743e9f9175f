// SPDX-License-Identifier: MIT
// Sums over super-blocks: by hand, and exact where a chain of float groups would round.
#include "gemm/super_block_schemes.hpp"

#include <halftone/reference/gemm.hpp>
#include <halftone/reference/quantize.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace halftone;

namespace {

using nested = scheme<uint6, super_block_test::one_sided, per_group<2>, stored_as<fp16>>;
using super_block = scheme<uint4, super_block_test::scale_and_minimum, per_group<2>, quantized_again<nested>,
                           quantized_again<nested>>;

/// Two groups of two weights: integer scales 63 and 21 under 2, integer offsets 7 and 1 under -0.5.
quantized_matrix<super_block> by_hand() {
  quantized_matrix<super_block> q({1, 4});
  const std::uint8_t codes[] = {3 | 15 << 4, 1 | 8 << 4};
  std::copy(codes, codes + 2, q.codes().begin());
  const auto fill = [](auto& plane, float scale, std::uint32_t first, std::uint32_t second) {
    plane.matrix().scale_plane().set(0, scale);
    write_code<6>(plane.matrix().row_codes(0).data(), 0, first);
    write_code<6>(plane.matrix().row_codes(0).data(), 1, second);
  };
  fill(q.scale_plane(), 2.0f, 63, 21);
  fill(q.offset_plane(), -0.5f, 7, 1);
  return q;
}

}  // namespace

TEST_CASE("by hand: the integers of both groups meet the floats once") {
  const auto q = by_hand();
  const std::uint8_t codes[] = {10, 0xfb, 3, 1};  // 10, -5, 3, 1
  const group_parameters one{.scale = 1.0f};
  float y = 0.0f;
  reference::gemm(static_activations(matrix_view<const std::int8_t>(reinterpret_cast<const std::int8_t*>(codes), 1, 4), one), q,
                  matrix_view<float>(&y, 1, 1));
  const int products = 63 * (3 * 10 + 15 * -5) + 21 * (1 * 3 + 8 * 1);
  const int offsets = 7 * (10 - 5) + 1 * (3 + 1);
  CHECK(y == static_cast<float>(products) * 2.0f + static_cast<float>(offsets) * -0.5f);
}

TEST_CASE("which schemes are super-blocks") {
  using namespace super_block_test;
  static_assert(super_block_groups<four_bits> == 8 && largest_sub_scale<four_bits>() == 63);
  static_assert(super_block_groups<six_bits> == 16 && largest_sub_scale<six_bits>() == 128);
  static_assert(super_block_groups<five_bits> == 3 && super_block_groups<int4_g32> == 0);
  // Floats of different lengths, and a plane with zero points, stay chains of groups.
  using unequal = scheme<uint4, scale_and_minimum, per_group<32>, integers<uint6, 8>, integers<uint6, 4>>;
  using with_zero_points = scheme<uint4, asymmetric, per_group<32>, quantized_again<uint8_per_channel>>;
  static_assert(super_block_groups<unequal> == 0 && super_block_groups<with_zero_points> == 0);
  CHECK(float_group_length(four_bits{}, {4, 1000}) == 256);
  CHECK(float_group_length(four_bits{}, {4, 100}) == 100);
  CHECK(float_group_length(int4_g32{}, {4, 100}) == 32);
  CHECK(float_group_length(int8_per_channel{}, {4, 100}) == 100);
}

TEST_CASE("the int32 bound counts integer scales") {
  using long_block = scheme<uint4, super_block_test::scale_and_minimum, per_group<32>, super_block_test::integers<uint6, 1000>,
                            super_block_test::integers<uint6, 1000>>;
  const std::vector<float> w(32000, 0.5f);
  const auto q = reference::quantize<long_block>({w.data(), 1, 32000});
  const std::vector<std::int8_t> x(32000, 1);
  const group_parameters one{.scale = 1.0f};
  float y = 0.0f;
  CHECK_THROWS_WITH_AS(reference::gemm(static_activations(matrix_view<const std::int8_t>(x.data(), 1, 32000), one), q,
                                       matrix_view<float>(&y, 1, 1)),
                       "gemm: a float group of 32000 weights may overflow int32; with uint4 weights, integer scales and "
                       "activations of magnitude up to 128 it holds at most 17753",
                       error);
}
