// SPDX-License-Identifier: MIT
// Halftone tests: compressed-tensors' words of every width, there and back.
#include <halftone/format/compressed_tensors/words.hpp>

#include <halftone/core/random.hpp>
#include <halftone/format/compressed_tensors/schemes.hpp>
#include <halftone/quantize/quantize.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace halftone;
namespace ct = halftone::compressed_tensors;

namespace {
template <class Element>
void there_and_back() {
  using scheme = ct::integers<Element, per_group<32>, ct::affine>;
  for (const std::size_t rows : {1u, 7u, 33u}) {
    for (const std::size_t cols : {1u, 11u, 64u, 77u}) {
      std::vector<float> w(rows * cols);
      for (std::size_t i = 0; i < w.size(); ++i) {
        w[i] = random_unit(2, i) - 0.4f;
      }
      const auto q = quantize<scheme>({w.data(), rows, cols});
      quantized_matrix<scheme> again(q.shape());
      ct::read_words(ct::code_words(q), again);
      ct::read_zero_points(ct::zero_point_words(q), again);
      CHECK(std::ranges::equal(again.codes(), q.codes()));
      for (std::size_t g = 0; g < q.group_count(); ++g) {
        CHECK(again.zero_point_at(g) == q.zero_point_at(g));
      }
    }
  }
}
template <class Scheme>
constexpr bool reads_zero_points =
    requires(std::span<const std::uint8_t> words, quantized_matrix<Scheme>& q) { ct::read_zero_points(words, q); };
template <class Scheme>
constexpr bool writes_zero_points = requires(const quantized_matrix<Scheme>& q) { ct::zero_point_words(q); };
template <class Granularity, bool Holds>
void check_zero_points() {
  using scheme = ct::integers<int4, Granularity, ct::affine>;
  static_assert(reads_zero_points<scheme> == Holds && writes_zero_points<scheme> == Holds);
}
}  // namespace

TEST_CASE("words come back") {
  there_and_back<int2>();
  there_and_back<int3>();
  there_and_back<int4>();
  there_and_back<int5>();
  there_and_back<int8>();
}

TEST_CASE("where levels stand") {
  using scheme = ct::integers<int4, per_group<32>, ct::affine>;
  quantized_matrix<scheme> q(matrix_shape{2, 33});
  write_code<4>(q.row_codes(1).data(), 9, int4::code_of(-8));
  const std::vector<std::uint8_t> words = ct::code_words(q);
  CHECK(words.size() == 2 * 5 * 4);
  CHECK(read_code<32>(words.data(), 0) == 0x88888888u);
  CHECK(read_code<32>(words.data(), 4) == 0x8u);
  CHECK(read_code<32>(words.data(), 6) == 0x88888808u);
  q.set_zero_point(3, 7);  // row 1, group 1
  CHECK(read_code<32>(ct::zero_point_words(q).data(), 0) == 0x88u);
  CHECK(read_code<32>(ct::zero_point_words(q).data(), 1) == 0xf8u);
}

TEST_CASE("zero points are of runs of a row") {
  check_zero_points<per_group<32>, true>();
  check_zero_points<per_channel<0>, true>();
  check_zero_points<per_tensor, false>();
  check_zero_points<per_channel<1>, false>();
  check_zero_points<per_block<2, 32>, false>();
}

TEST_CASE("other sizes are refused") {
  quantized_matrix<ct::integers<int4, per_group<32>, ct::affine>> q(matrix_shape{2, 33});
  const std::vector<std::uint8_t> bytes(12);
  CHECK_THROWS_WITH_AS(ct::read_words(bytes, q), doctest::Contains("12 bytes of codes for [2, 33], which take 40"), error);
  CHECK_THROWS_WITH_AS(ct::read_zero_points(bytes, q), doctest::Contains("12 bytes of zero points for 4 groups, which take 8"), error);
}
