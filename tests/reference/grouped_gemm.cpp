// SPDX-License-Identifier: MIT
// The reference product with a scale for each run of activations: a case by hand, and the double product.
#include <halftone/core/random.hpp>
#include <halftone/reference/grouped_gemm.hpp>
#include <halftone/reference/quantize.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace halftone;

TEST_CASE("by hand: two groups, two scales on each side") {
  using weights = scheme<int8, symmetric, per_group<2>>;
  quantized_matrix<weights> q({1, 4});
  const std::uint8_t levels[] = {3, 0xfe, 5, 7};  // 3, -2, 5, 7
  std::copy(levels, levels + 4, q.codes().begin());
  q.scale_plane().set(0, 0.5f);
  q.scale_plane().set(1, 0.25f);
  const std::uint8_t codes[] = {10, 4, 0xff, 2};  // 10, 4, -1, 2
  const float scales[] = {2.0f, 0.125f};
  float y = 0.0f;
  reference::gemm(grouped_activation_view{.codes = {codes, 1, 4}, .scales = scales, .group_length = 2}, q,
                  matrix_view<float>(&y, 1, 1));
  CHECK(y == (30 - 8) * 1.0f + (-5 + 14) * 0.03125f);
}

TEST_CASE("near the double product of the real numbers, with and without an integer path") {
  const auto check = [](auto scheme, auto activations) {
    using weights = decltype(scheme);
    using values = decltype(activations);
    const std::size_t k = 160;
    std::vector<float> w(3 * k);
    std::vector<float> x(2 * k);
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = random_unit(1, i) - 0.3f;
    }
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = (random_unit(2, i) - 0.5f) * static_cast<float>(1 + i % 100);
    }
    const auto q = reference::quantize<weights>({w.data(), 3, k});
    const auto a = reference::quantize_activations<values>({x.data(), 2, k});
    std::vector<float> y(6);
    reference::gemm(a, q, matrix_view<float>(y.data(), 2, 3));
    for (std::size_t m = 0; m < 2; ++m) {
      for (std::size_t n = 0; n < 3; ++n) {
        double expected = 0.0;
        double size = 0.0;
        for (std::size_t i = 0; i < k; ++i) {
          const double term = static_cast<double>(a.view().level(m, i)) * static_cast<double>(a.view().scale(m, i)) *
                              static_cast<double>(q.value_at(n, i));
          expected += term;
          size += std::abs(term);
        }
        // Each of at most k steps rounds its factors and its sum.
        CHECK(std::abs(static_cast<double>(y[m * 3 + n]) - expected) <= 3.0 * static_cast<double>(k) * 0x1p-24 * size);
      }
    }
  };
  check(int4_g32{}, int8_per_token_group<32>{});
  check(uint4_g32{}, int8_per_token_group<64>{});
  check(brain_float16{}, int8_per_token_group<10>{});
}
