// SPDX-License-Identifier: MIT
// Halftone tests: quantize_4bit. Recorded layers stand in tests/io/bitsandbytes_matrix.cpp; here what they do not reach.
#include <halftone/format/bitsandbytes/quantize.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace halftone;

TEST_CASE("a last block of fewer weights has a maximum of at least 1e-38 and divides by it") {
  std::vector<float> w(34, 1.0f);
  w[32] = w[33] = 0.0f;
  const auto q = bitsandbytes::quantize<bitsandbytes::nf4_blocks<32>>({w.data(), 2, 17});
  CHECK(q.scale_at(1) == 1e-38f);
  CHECK((q.code_at(1, 15) == 7 && q.code_at(1, 16) == 7 && q.code_at(1, 14) == 15));
  w[32] = 0x1.8p-130f;
  w[33] = -0x1p-130f;
  const auto tiny = bitsandbytes::quantize<bitsandbytes::nf4_blocks<32>>({w.data(), 2, 17});
  CHECK(tiny.scale_at(1) == 1e-38f);
  CHECK(tiny.code_at(1, 15) == nf4::encode(0x1.8p-130f / 1e-38f));
  CHECK(tiny.code_at(1, 16) == nf4::encode(-0x1p-130f / 1e-38f));
}

TEST_CASE("a whole block of zeros has maximum 0 and the codes of zero") {
  const std::vector<float> w(64);
  const auto q = bitsandbytes::quantize<bitsandbytes::fp4_blocks<32>>({w.data(), 1, 64});
  CHECK((q.scale_at(0) == 0.0f && q.code_at(0, 0) == 0 && q.code_at(0, 63) == 0));
}

TEST_CASE("codes are chosen against maxima before these are quantized, and equal maxima have code 0") {
  std::vector<float> w(64, 0.5f);
  const auto q = bitsandbytes::quantize<bitsandbytes::nf4_nested<32>>({w.data(), 1, 64});
  const auto& maxima = q.scale_plane().matrix();
  CHECK((maxima.offset_at(0) == 0.5f && maxima.scale_at(0) == 0.0f && maxima.code_at(0, 0) == 0));
  CHECK((q.scale_at(0) == 0.5f && q.code_at(0, 5) == 15));
  w[40] = 1.0f;
  const auto other = bitsandbytes::quantize<bitsandbytes::nf4_nested<32, dynamic8>>({w.data(), 1, 64}, 0.625f);
  CHECK((other.scale_plane().matrix().offset_at(0) == 0.625f && other.scale_plane().matrix().scale_at(0) == 0.375f));
  CHECK(other.code_at(0, 41) == nf4::encode(0.5f));
}

TEST_CASE("nothing at all") {
  CHECK(bitsandbytes::quantize<bitsandbytes::nf4_nested<64>>(matrix_view<const float>{}).group_count() == 0);
}
