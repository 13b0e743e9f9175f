// SPDX-License-Identifier: MIT
// Every small shape of one kind of weights and one of activations, against the reference, with a report that finds the place.
#pragma once

#include "gemm/guarded.hpp"

#include <halftone/core/random.hpp>
#include <halftone/gemm/gemm.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/reference/gemm.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace gemm_test {

using namespace halftone;

inline float small_value(std::uint64_t seed, std::size_t i) { return random_unit(seed, i) - 0.45f; }

/// Compares bit for bit; says the shape, the first bad index, both values and the part of the output that differs.
inline bool same_output(const char* name, std::size_t m, std::size_t n, std::size_t k, const float* actual,
                        const float* expected, std::size_t stride) {
  std::size_t bad = 0;
  std::size_t first = 0, last_row = 0, least_column = n, most_column = 0;
  for (std::size_t row = 0; row < m; ++row) {
    for (std::size_t column = 0; column < n; ++column) {
      const std::size_t i = row * stride + column;
      if (std::memcmp(&actual[i], &expected[i], sizeof(float)) != 0) {
        first = bad == 0 ? i : first;
        ++bad;
        last_row = row;
        least_column = column < least_column ? column : least_column;
        most_column = column > most_column ? column : most_column;
      }
    }
  }
  if (bad != 0) {
    FAIL_CHECK(name, " on ", default_arch::name, " [", m, ", ", n, ", ", k, "]: ", bad, " of ", m * n,
               " outputs differ, rows ", first / stride, " to ", last_row, ", columns ", least_column, " to ", most_column,
               "; first at row ", first / stride, " column ", first % stride, ": ", actual[first], ", should be ",
               expected[first]);
  }
  return bad == 0;
}

/// Every (m, n, k) in 1..17 x 1..17 x 1..65. x ends at a guard page, y starts after one and ends at one; x has a prime stride.
/// @param activations  makes what gemm takes from a view of floats
template <class Scheme, class Activations>
void check_every_shape(const char* name, const Activations& activations) {
  constexpr std::size_t stride = 67;
  constexpr std::size_t most = 17;
  const auto edge = guarded<float>::edge::back;
  std::size_t shapes = 0;
  bool good = true;
  for (std::size_t k = 1; k <= 65 && good; ++k) {
    std::vector<float> weights(most * k);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      weights[i] = small_value(k, i);
    }
    guarded<float> data((most - 1) * stride + k, edge);
    for (std::size_t i = 0; i < data.size(); ++i) {
      data[i] = small_value(k + 100, i);
    }
    for (std::size_t n = 1; n <= most && good; ++n) {
      const auto q = quantize<Scheme>({weights.data(), n, k});
      const auto w = pack(q);
      std::vector<float> expected(most * n);
      // Rows do not depend on m: the reference computes all of them once.
      const matrix_view<const float> all(data.data(), most, k, stride);
      reference::gemm(activations(all), q, matrix_view<float>(expected.data(), most, n));
      for (std::size_t m = 1; m <= most && good; ++m) {
        guarded<float> y(m * n, m % 2 == 0 ? edge : guarded<float>::edge::front);
        // The last m rows, so that x ends at the guard page.
        const matrix_view<const float> x(data.data() + (most - m) * stride, m, k, stride);
        gemm(activations(x), w, matrix_view<float>(y.data(), m, n));
        good = same_output(name, m, n, k, y.data(), expected.data() + (most - m) * n, n);
        ++shapes;
      }
    }
  }
  CHECK(shapes == most * most * 65);
}

}  // namespace gemm_test
