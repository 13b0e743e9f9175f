// SPDX-License-Identifier: MIT
// bfloat16 activations are checked like floats, by the kernels and by the reference, quantized inside the call or not.
#include <halftone/gemm/gemm.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/reference/gemm.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace halftone;

namespace {

/// Calls all four entry points with x and y; each must throw an error that contains `message`.
void check_refused(matrix_view<const bfloat16> x, matrix_view<float> y, const char* message) {
  const std::vector<float> weights(6 * 8, 0.5f);
  const auto q = quantize<int4_g32>({weights.data(), 6, 8});
  const auto w = pack(q);
  CHECK_THROWS_WITH_AS(gemm(x, w, y), doctest::Contains(message), halftone::error);
  CHECK_THROWS_WITH_AS(gemm(dynamic<int8_per_token>(x), w, y), doctest::Contains(message), halftone::error);
  CHECK_THROWS_WITH_AS(reference::gemm(x, q, y), doctest::Contains(message), halftone::error);
  CHECK_THROWS_WITH_AS(reference::gemm(dynamic<int8_per_token>(x), q, y), doctest::Contains(message), halftone::error);
}

}  // namespace

TEST_CASE("bfloat16 activations: null, stride, shape, overlap") {
  std::vector<float> memory(64);
  std::vector<bfloat16> x(3 * 8);
  const matrix_view<float> y(memory.data(), 3, 6);
  check_refused({nullptr, 3, 8}, y, "null");
  check_refused({x.data(), 3, 8, 5}, y, "stride");
  check_refused({x.data(), 3, 7}, y, "k differs");
  check_refused({reinterpret_cast<const bfloat16*>(memory.data()), 3, 8}, y, "overlap");
  // Two things wrong: the same one is named everywhere.
  check_refused({reinterpret_cast<const bfloat16*>(memory.data()), 3, 7}, y, "k differs");
}
