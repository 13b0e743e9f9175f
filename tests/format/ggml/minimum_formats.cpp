// SPDX-License-Identifier: MIT
// Halftone tests: super-blocks with scales and minima against ggml's own bytes and floats.
#include "format/ggml/conformance.hpp"

#include <halftone/format/ggml/minimum_formats.hpp>

using namespace ggml_test;

TEST_CASE("Q2_K, Q4_K and Q5_K have the bytes of ggml's encoders and decode to its floats") {
  check_encoder<ggml::q2_k>("q2_K");
  check_encoder<ggml::q4_k>("q4_K");
  check_encoder<ggml::q5_k>("q5_K");
}

TEST_CASE("any super-block with finite scales is read and written unchanged") {
  check_bytes<ggml::q2_k>("q2_K", random_blocks(10, 84, rows * cols / 256, {80, 82}), true);
  check_bytes<ggml::q4_k>("q4_K", random_blocks(12, 144, rows * cols / 256, {0, 2}), true);
  check_bytes<ggml::q5_k>("q5_K", random_blocks(13, 176, rows * cols / 256, {0, 2}), true);
}

TEST_CASE("what is no matrix of super-blocks is refused") {
  check_refusals<ggml::q2_k>();
  check_refusals<ggml::q4_k>();
  check_refusals<ggml::q5_k>();
}

TEST_CASE("integer scales multiply sums of int8 activations before any float does") {
  static_assert(super_block_groups<ggml::q2_k> == 16 && super_block_groups<ggml::q4_k> == 8 &&
                super_block_groups<ggml::q5_k> == 8);
}
