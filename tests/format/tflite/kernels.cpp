// SPDX-License-Identifier: MIT
// Halftone tests: where each set of kernels rounds the factor of a layer.
#include <halftone/format/tflite/kernels.hpp>

#include <doctest/doctest.h>

using namespace halftone;
using namespace halftone::tflite;

TEST_CASE("factors from the product in float or in double") {
  const float x = 0.1f;
  const float w = 0.013f;
  const float y = 0.7f;
  const double in_floats = static_cast<double>(x * w) / static_cast<double>(y);
  const double in_doubles = static_cast<double>(x) * static_cast<double>(w) / static_cast<double>(y);
  REQUIRE(in_floats != in_doubles);
  for (const weight_scales count : {weight_scales::one, weight_scales::one_a_row}) {
    CHECK(xnnpack_kernels::factor(x, w, y, count) == in_floats);
    CHECK(reference_kernels::factor(x, w, y, count) == in_doubles);
  }
  CHECK(builtin_kernels::factor(x, w, y, weight_scales::one) == in_floats);
  CHECK(builtin_kernels::factor(x, w, y, weight_scales::one_a_row) == in_doubles);
  CHECK(xnnpack_kernels::rule::factor_of(in_floats) == x * w / y);
}
