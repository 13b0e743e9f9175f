// SPDX-License-Identifier: MIT
// Halftone: powers of positive numbers, the same bits on every machine, which libm does not promise.
#pragma once

#include <halftone/core/arithmetic.hpp>

#include <cmath>
#include <limits>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq {

/// x^exponent for x >= 0 and finite; 0 of 0 with a positive exponent, infinity of 0 with a negative one, 1 with 0.
/// Relative error below 1e-13 * (1 + |exponent log(x)|). Every product and sum is rounded to double, in the order written.
[[nodiscard]] inline double power(double x, double exponent) noexcept {
  constexpr double log_two = 0.6931471805599453094, root_half = 0.7071067811865475244;
  if (x == 0.0 || exponent == 0.0) {
    return exponent == 0.0 ? 1.0 : exponent > 0.0 ? 0.0 : std::numeric_limits<double>::infinity();
  }
  int e = 0;
  double m = std::frexp(x, &e);
  if (m < root_half) {
    m *= 2.0;
    --e;
  }
  // log m = 2 (t + t^3 / 3 + t^5 / 5 + ...), |t| < 0.172
  const double t = (m - 1.0) / (m + 1.0), square = product(t, t);
  double series = 0.0;
  for (int n = 21; n >= 1; n -= 2) {
    series = product(series, square) + 1.0 / n;
  }
  const double y = product(exponent, product(2.0 * t, series) + product(static_cast<double>(e), log_two));
  if (y > 720.0) {
    return std::numeric_limits<double>::infinity();
  }
  if (y < -760.0) {
    return 0.0;
  }
  const double n = std::nearbyint(y / log_two), rest = y - product(n, log_two);
  double sum = 1.0;
  for (int i = 16; i >= 1; --i) {
    sum = product(sum, rest / i) + 1.0;
  }
  return std::ldexp(sum, static_cast<int>(n));
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq
