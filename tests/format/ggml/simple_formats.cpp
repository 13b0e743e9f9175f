// SPDX-License-Identifier: MIT
// Halftone tests: blocks of 32 weights against ggml's own bytes and floats.
#include "format/ggml/conformance.hpp"

#include <halftone/format/ggml/simple_formats.hpp>

using namespace ggml_test;

TEST_CASE("blocks of 32 weights have the bytes of ggml's encoders and decode to its floats") {
  check_encoder<ggml::q4_0>("q4_0");
  check_encoder<ggml::q4_1>("q4_1");
  check_encoder<ggml::q5_0>("q5_0");
  check_encoder<ggml::q5_1>("q5_1");
  check_encoder<ggml::q8_0>("q8_0");
  check_encoder<ggml::q8_1>("q8_1");
}

TEST_CASE("any block of 32 weights with a finite scale is read and written unchanged") {
  check_bytes<ggml::q4_0>("q4_0", random_blocks(2, 18, rows * cols / 32, {0}), true);
  check_bytes<ggml::q4_1>("q4_1", random_blocks(3, 20, rows * cols / 32, {0, 2}), true);
  check_bytes<ggml::q5_0>("q5_0", random_blocks(6, 22, rows * cols / 32, {0}), true);
  check_bytes<ggml::q5_1>("q5_1", random_blocks(7, 24, rows * cols / 32, {0, 2}), true);
  check_bytes<ggml::q8_0>("q8_0", random_blocks(8, 34, rows * cols / 32, {0}), true);
  check_bytes<ggml::q8_1>("q8_1", random_blocks(9, 36, rows * cols / 32, {0, 2}), true);
}

TEST_CASE("the sums of Q8_1 are kept, and where none are kept they come from the stored scale") {
  std::vector<float> w(64);
  for (std::size_t i = 0; i < 64; ++i) {
    w[i] = value(1, i);
  }
  quantized_matrix<ggml::q8_1> q = ggml::quantize<ggml::q8_1>({w.data(), 1, 64});
  const std::vector<std::uint8_t> bytes = ggml::write(q);
  CHECK(q.scheme().granularity.sums.size() == 4);
  q.scheme().granularity.sums.resize(3);
  CHECK_THROWS_AS(static_cast<void>(ggml::write(q)), error);
  q.scheme().granularity.sums.clear();
  const std::vector<std::uint8_t> without = ggml::write(q);
  for (std::size_t i = 0; i < 2; ++i) {
    float sum = 0.0f;
    for (std::size_t j = 0; j < 32; ++j) {
      CHECK(without[i * 36 + 4 + j] == bytes[i * 36 + 4 + j]);
      sum += q.value_at(0, i * 32 + j);  // exact: levels times one scale of 11 bits
    }
    CHECK(ggml::load_half(without.data() + i * 36 + 2) == ggml::through_half(sum));
    CHECK(magnitude(ggml::load_half(bytes.data() + i * 36 + 2) - sum) <= 0.002f * magnitude(sum) + 0.01f);
  }
}

TEST_CASE("what is no matrix of blocks is refused") {
  check_refusals<ggml::q4_0>();
  check_refusals<ggml::q4_1>();
  check_refusals<ggml::q5_0>();
  check_refusals<ggml::q5_1>();
  check_refusals<ggml::q8_0>();
  check_refusals<ggml::q8_1>();
}

TEST_CASE("shapes beyond memory are failures, and weights are not encoded onto themselves") {
  const std::size_t cols = largest_size / 32 / 32 * 32;  // whole blocks, whose bytes no size can count
  const std::vector<std::uint8_t> sixteen(16);
  CHECK(ggml::read<ggml::q8_0>(sixteen, {1, cols}).failure().code == file_error::truncated);
  CHECK(ggml::read<ggml::q8_0>({}, {0, cols}).failure().code == file_error::too_large);
  CHECK(ggml::row_bytes<ggml::q8_0>(largest_size) == largest_size);

  std::vector<float> w(64);
  const std::span<std::uint8_t> same(reinterpret_cast<std::uint8_t*>(w.data()), ggml::row_bytes<ggml::q4_0>(64));
  CHECK_THROWS_WITH_AS(ggml::encode<ggml::q4_0>({w.data(), 1, 64}, same), "ggml::encode: w and bytes overlap", error);
}
