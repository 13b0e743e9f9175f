// SPDX-License-Identifier: MIT
// Halftone tests: words of codes and zero points of every width, there and back.
#include <halftone/format/gptq/words.hpp>

#include <halftone/core/random.hpp>
#include <halftone/format/gptq/quantize.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace halftone;
using gptq::version;

namespace {
template <class Scheme>
quantized_matrix<Scheme> matrix(std::size_t rows, std::size_t cols) {
  std::vector<float> w(rows * cols);
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = random_unit(8, i) - 0.5f;
  }
  return gptq::quantize<Scheme>({w.data(), rows, cols});
}
template <class Element>
void there_and_back() {
  using scheme = gptq::layer<Element, per_group<32>>;
  for (const std::size_t rows : {1u, 3u, 32u, 33u}) {
    for (const std::size_t cols : {1u, 11u, 32u, 43u, 64u, 96u}) {
      const auto q = matrix<scheme>(rows, cols);
      const std::vector<std::uint8_t> words = gptq::code_words(q);
      CHECK(words.size() == 4 * rows * gptq::word_count(cols, Element::bits));
      quantized_matrix<scheme> again(q.shape());
      gptq::read_codes(words, again);
      CHECK(std::ranges::equal(again.codes(), q.codes()));
      for (const version v : {version::v1, version::v2}) {
        if (Element::bits == 3 && v == version::v1) {
          continue;  // zero point 0 may occur
        }
        CHECK(!gptq::read_zero_points(gptq::zero_point_words(q, v), v, again));
        for (std::size_t g = 0; g < q.group_count(); ++g) {
          CHECK(again.zero_point_at(g) == q.zero_point_at(g));
        }
      }
    }
  }
}
}  // namespace

TEST_CASE("words come back") {
  there_and_back<uint2>();
  there_and_back<uint3>();
  there_and_back<uint4>();
  there_and_back<uint8>();
}

TEST_CASE("codes of 3 bits run on across words, columns of words are rows") {
  using scheme = gptq::layer<uint3, per_channel<0>>;
  quantized_matrix<scheme> q(matrix_shape{2, 32});
  write_code<3>(q.row_codes(1).data(), 10, 5);  // bits 30 to 32
  const std::vector<std::uint8_t> words = gptq::code_words(q);
  CHECK(words.size() == 4 * 2 * 3);
  CHECK(read_code<32>(words.data(), 1) == 1u << 30);
  CHECK(read_code<32>(words.data(), 3) == 1u);
}

TEST_CASE("bits behind the last code are dropped, zero points of version 1 are one less modulo 2^b") {
  using scheme = gptq::layer<uint4, per_channel<0>>;
  quantized_matrix<scheme> q(matrix_shape{2, 3});
  gptq::read_codes(std::vector<std::uint8_t>(8, 0xff), q);
  CHECK((q.row_codes(0)[1] == 0x0f && q.code_at(1, 2) == 15));
  CHECK(gptq::zero_point_words(q, version::v1) == std::vector<std::uint8_t>{0xff, 0, 0, 0});
  CHECK(!gptq::read_zero_points(std::vector<std::uint8_t>{0x2f, 0, 0, 0}, version::v1, q));
  CHECK((q.zero_point_at(0) == 0 && q.zero_point_at(1) == 3));
}

TEST_CASE("3 bits in version 1") {
  using scheme = gptq::layer<uint3, per_channel<0>>;
  quantized_matrix<scheme> q(matrix_shape{2, 3});
  CHECK(gptq::read_zero_points(std::vector<std::uint8_t>{7 << 3, 0, 0, 0}, version::v1, q) == std::size_t{1});
  CHECK_THROWS_WITH_AS(static_cast<void>(gptq::zero_point_words(q, version::v1)), doctest::Contains("gptq: group 0 of row 1 has zero point 0"), error);
  CHECK(gptq::zero_point_words(q, version::v2).size() == 4);
}

TEST_CASE("other sizes are refused") {
  using scheme = gptq::layer<uint4, per_group<32>>;
  quantized_matrix<scheme> q(matrix_shape{2, 64});
  const std::vector<std::uint8_t> bytes(68);
  CHECK_THROWS_WITH_AS(gptq::read_codes(bytes, q), doctest::Contains("gptq: 68 bytes of codes for [2, 64], which take 64"), error);
  CHECK_THROWS_WITH_AS(static_cast<void>(gptq::read_zero_points(bytes, version::v1, q)),
                       doctest::Contains("gptq: 68 bytes of zero points for 2 groups of 2 rows, which take 8"), error);
}
