// SPDX-License-Identifier: MIT
// Halftone: ten lines to copy: quantize a matrix to 4 bits, multiply with it, and see what it costs in accuracy.
//
//   g++ -std=c++20 -O2 -march=native -I include examples/quantize_matrix.cpp && ./a.out
#include <halftone/halftone.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

int main() {
  constexpr std::size_t n = 512, k = 1024, m = 8;  // y [m, n] = x [m, k] times the transpose of the weights [n, k]
  std::vector<float> weight_values(n * k), x_values(m * k), y_values(m * n);
  for (std::size_t i = 0; i < n * k; ++i) {
    weight_values[i] = halftone::random_unit(1, i) - 0.5f;
  }
  for (std::size_t i = 0; i < m * k; ++i) {
    x_values[i] = halftone::random_unit(2, i) - 0.5f;
  }

  // The ten lines: views of your memory, a scheme, and three calls.
  const halftone::matrix_view<const float> weights(weight_values.data(), n, k);
  const halftone::matrix_view<const float> x(x_values.data(), m, k);
  const halftone::matrix_view<float> y(y_values.data(), m, n);

  using scheme = halftone::int4_g32;                           // 4 bits, one fp16 scale for 32 weights
  const auto quantized = halftone::quantize<scheme>(weights);  // codes and scales, as files hold them
  const auto packed = halftone::pack(quantized);               // as kernels read them; once a model
  halftone::gemm(halftone::dynamic<halftone::int8_per_token>(x), packed, y);

  const halftone::error_report error = halftone::compare(weights, quantized);
  std::printf("%.2f bits per weight, %.1f dB signal to noise\n", error.bits_per_weight, error.sqnr_db);

  // What this example claims: 4.5 bits; more than 20 dB; a product within 10 % of the exact one; the reference's bits.
  std::vector<float> expected(m * n);
  halftone::reference::gemm(halftone::dynamic<halftone::int8_per_token>(x), quantized,
                            halftone::matrix_view<float>(expected.data(), m, n));
  double difference = 0.0, size = 0.0;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      double exact = 0.0;
      for (std::size_t l = 0; l < k; ++l) {
        exact += static_cast<double>(x(i, l)) * static_cast<double>(weights(j, l));
      }
      difference += (exact - static_cast<double>(y(i, j))) * (exact - static_cast<double>(y(i, j)));
      size += exact * exact;
    }
  }
  const double relative = std::sqrt(difference / size);
  std::printf("the product differs from the exact one by %.1f %%\n", 100.0 * relative);
  const bool holds = error.bits_per_weight == 4.5 && error.sqnr_db > 20.0 && relative < 0.1 && y_values == expected;
  std::puts(holds ? "all claims hold" : "A CLAIM DOES NOT HOLD");
  return holds ? 0 : 1;
}
