// SPDX-License-Identifier: MIT
// The smallest program of a user: quantize, pack, multiply, and compare with the dequantized weights.
#include <halftone/halftone.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

int main() {
  const std::vector<float> w(4 * 32, 0.5f);
  const std::vector<float> x(32, 1.0f);
  std::vector<float> y(4);
  const auto packed = halftone::pack(halftone::quantize<halftone::int8_per_channel>({w.data(), 4, 32}));
  halftone::gemm(halftone::matrix_view<const float>{x.data(), 1, 32}, packed, halftone::matrix_view<float>{y.data(), 1, 4});
  std::printf("halftone %d.%d.%d: %g\n", HALFTONE_VERSION_MAJOR, HALFTONE_VERSION_MINOR, HALFTONE_VERSION_PATCH,
              static_cast<double>(y[3]));
  return std::fabs(y[3] - 16.0f) < 0.1f ? 0 : 1;
}
