// SPDX-License-Identifier: MIT
// reference::gemm_integers by hand: zero points of both sides, extremes.
#include <halftone/reference/gemm_integers.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace halftone;

TEST_CASE("integers by hand") {
  quantized_matrix<scheme<uint8, asymmetric, per_channel<0>>> q(matrix_shape{2, 3});
  const std::uint8_t codes[6] = {0, 255, 7, 1, 2, 3};
  for (std::size_t i = 0; i < 6; ++i) {
    q.codes()[i] = codes[i];
  }
  q.set_zero_point(0, 5);
  q.set_zero_point(1, 0);
  q.scale_plane().set(0, 1.0f);
  q.scale_plane().set(1, 1.0f);
  const std::vector<std::int8_t> x = {-128, 127, 3};
  const group_parameters p{.scale = 2.0f, .zero_point = -1};
  std::vector<std::int32_t> y(2);
  reference::gemm_integers(static_activations(matrix_view<const std::int8_t>(x.data(), 1, 3), p), q, {y.data(), 1, 2});
  CHECK(y[0] == (0 - 5) * (-128 + 1) + (255 - 5) * (127 + 1) + (7 - 5) * (3 + 1));
  CHECK(y[1] == 1 * (-128 + 1) + 2 * (127 + 1) + 3 * (3 + 1));

  const std::int32_t bias[2] = {1, -2};
  const double factors[2] = {0.001, 1.0};
  std::vector<std::int8_t> z(2);
  reference::gemm_integers(static_activations(matrix_view<const std::int8_t>(x.data(), 1, 3), p), q,
                           matrix_view<std::int8_t>(z.data(), 1, 2),
                           requantize_sums<std::int8_t, in_double>{.factors = factors, .bias = bias, .zero_point = -4});
  CHECK(y[0] == 32643);
  CHECK(z[0] == 33 - 4);
  CHECK(z[1] == 127);
}
