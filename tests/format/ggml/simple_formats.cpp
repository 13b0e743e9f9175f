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
}

TEST_CASE("any block of 32 weights with a finite scale is read and written unchanged") {
  check_bytes<ggml::q4_0>("q4_0", random_blocks(2, 18, rows * cols / 32, {0}), true);
  check_bytes<ggml::q4_1>("q4_1", random_blocks(3, 20, rows * cols / 32, {0, 2}), true);
  check_bytes<ggml::q5_0>("q5_0", random_blocks(6, 22, rows * cols / 32, {0}), true);
  check_bytes<ggml::q5_1>("q5_1", random_blocks(7, 24, rows * cols / 32, {0, 2}), true);
  check_bytes<ggml::q8_0>("q8_0", random_blocks(8, 34, rows * cols / 32, {0}), true);
}

TEST_CASE("what is no matrix of blocks is refused") {
  check_refusals<ggml::q4_0>();
  check_refusals<ggml::q4_1>();
  check_refusals<ggml::q5_0>();
  check_refusals<ggml::q5_1>();
  check_refusals<ggml::q8_0>();
}
