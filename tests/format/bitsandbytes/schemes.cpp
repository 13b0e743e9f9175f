// SPDX-License-Identifier: MIT
// Halftone tests: bitsandbytes' scaling and its rows of int8. Recorded layers stand in tests/io/bitsandbytes_matrix.cpp.
#include <halftone/format/bitsandbytes/schemes.hpp>

#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/reference/quantize.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace halftone;

TEST_CASE("scaling") {
  using floored = bitsandbytes::by_floored_reciprocal;
  CHECK(floored::factor_of(0.0f) == 1.0f / 1e-38f);
  CHECK(floored::factor_of(1e-39f) == 1.0f / 1e-38f);
  CHECK(floored::factor_of(3.0f) == 1.0f / 3.0f);
  CHECK(floored::scaled(2.0f, 0.25f) == 0.5f);
  using bare = bitsandbytes::by_bare_reciprocal;
  const float nothing = bare::scaled(0.0f, bare::factor_of(0.0f));
  CHECK(nothing != nothing);
  CHECK(bare::scaled(2.0f, bare::factor_of(4.0f)) == 0.5f);
}

TEST_CASE("rows of int8 keep their maxima") {
  const std::vector<float> w{-2.0f, 1.0f, 0.0f, 0.0f, 3.0f, -3.0f};
  const auto q = quantize<bitsandbytes::int8_rows>({w.data(), 3, 2});
  CHECK((q.scale_at(0) == 2.0f && q.scale_at(1) == 0.0f && q.scale_at(2) == 3.0f));
  CHECK((int8::level_of(q.code_at(0, 0)) == -127 && int8::level_of(q.code_at(0, 1)) == 64 && q.code_at(1, 0) == 0));
  CHECK(q.value_at(0, 0) == product(-254.0f, 1.0f / 127.0f));
  CHECK(std::ranges::equal(reference::quantize<bitsandbytes::int8_rows>({w.data(), 3, 2}).codes(), q.codes()));
  std::vector<float> reals(6);
  dequantize(q, {reals.data(), 3, 2});
  CHECK((reals[5] == q.value_at(2, 1) && reals[2] == 0.0f));
}
