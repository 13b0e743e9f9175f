// SPDX-License-Identifier: MIT
// Halftone tests: codes by scales as floats. Recorded layers stand in tests/io/gptq_matrix.cpp.
#include <halftone/format/gptq/quantize.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace halftone;

TEST_CASE("codes are chosen before scales are rounded") {
  // 255 steps of 0.1f; in fp16 the scale is a little less, and the value between two codes falls to the other side.
  std::vector<float> w{0.0f, 25.5f, 20.0475f};
  using scheme = gptq::layer<uint8, per_channel<0>>;
  const auto ours = gptq::quantize<scheme>({w.data(), 1, 3});
  const auto stored = quantize<scheme>({w.data(), 1, 3});
  CHECK(ours.scale_at(0) == stored.scale_at(0));
  CHECK((ours.code_at(0, 2) == 200 && stored.code_at(0, 2) == 201));
  CHECK(gptq::quantize<scheme>(matrix_view<const float>{}).group_count() == 0);
}
