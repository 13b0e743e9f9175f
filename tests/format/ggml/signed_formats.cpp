// SPDX-License-Identifier: MIT
// Halftone tests: super-blocks with signed scales, and Q8_K, against ggml's own bytes and floats.
#include "format/ggml/conformance.hpp"

#include <halftone/format/ggml/signed_formats.hpp>

using namespace ggml_test;

TEST_CASE("Q3_K, Q6_K and Q8_K have the bytes of ggml's encoders and decode to its floats") {
  check_encoder<ggml::q3_k>("q3_K");
  check_encoder<ggml::q6_k>("q6_K");
  check_encoder<ggml::q8_k>("q8_K");
}

TEST_CASE("any super-block with a finite scale is read and written unchanged, but for sums that contradict the codes") {
  check_bytes<ggml::q3_k>("q3_K", random_blocks(11, 110, rows * cols / 256, {108}), true);
  check_bytes<ggml::q6_k>("q6_K", random_blocks(14, 210, rows * cols / 256, {208}), true);
  check_bytes<ggml::q8_k>("q8_K", random_blocks(15, 292, rows * cols / 256, {2}), false);
}

TEST_CASE("what is no matrix of super-blocks is refused") {
  check_refusals<ggml::q3_k>();
  check_refusals<ggml::q6_k>();
  check_refusals<ggml::q8_k>();
}

TEST_CASE("integer scales multiply sums of int8 activations before any float does") {
  static_assert(super_block_groups<ggml::q3_k> == 16 && super_block_groups<ggml::q6_k> == 16);
  static_assert(has_integer_path<ggml::q8_k>);
}
