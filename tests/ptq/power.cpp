// SPDX-License-Identifier: MIT
// Halftone tests: powers are near libm's, and the same everywhere.
#include <halftone/ptq/power.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

namespace {

using halftone::ptq::power;

TEST_CASE("power: near libm's") {
  for (const double exponent : {2.4, 0.7, -0.3, 1.0, 0.5, -3.0}) {
    for (int i = -120; i <= 120; ++i) {
      const double x = std::ldexp(1.0 + 0.013 * (i & 63), i);
      CHECK(power(x, exponent) == doctest::Approx(std::pow(x, exponent)).epsilon(1e-12));
    }
  }
  CHECK(power(0.0, 2.4) == 0.0);
  CHECK(power(0.0, -1.0) == std::numeric_limits<double>::infinity());
  CHECK(power(0.0, 0.0) == 1.0);
  CHECK(power(7.0, 0.0) == 1.0);
  CHECK(power(1.0, 2.4) == 1.0);
  CHECK(power(1e300, 2.4) == std::numeric_limits<double>::infinity());
  CHECK(power(1e-300, 2.4) == 0.0);
}

}  // namespace
