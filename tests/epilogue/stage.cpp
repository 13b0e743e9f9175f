// SPDX-License-Identifier: MIT
// Halftone tests: the functions that a stage may use, for a single float.
#include <halftone/epilogue/stage.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

TEST_CASE("round_even equals the library's rounding below 2^22") {
  std::size_t wrong = 0;
  for (int twice = -20'000; twice <= 20'000; ++twice) {
    const float x = static_cast<float>(twice) * 0.5f;
    for (const float v : {x, std::nextafter(x, 1e9f), std::nextafter(x, -1e9f)}) {
      wrong += halftone::round_even(v) != std::nearbyint(v) ? 1u : 0u;
    }
  }
  for (const float v : {4194303.5f, 4194302.5f, -4194303.5f, -4194303.0f}) {
    wrong += halftone::round_even(v) != std::nearbyint(v) ? 1u : 0u;
  }
  CHECK(wrong == 0);
}

TEST_CASE("power_of_two is exact at every exponent of a normal float") {
  for (int n = -126; n <= 127; ++n) {
    CHECK(halftone::power_of_two(static_cast<float>(n)) == std::ldexp(1.0f, n));
  }
}

TEST_CASE("zero_if_nan replaces NaN alone") {
  CHECK(halftone::zero_if_nan(std::numeric_limits<float>::quiet_NaN()) == 0.0f);
  CHECK(halftone::zero_if_nan(-2.0f) == -2.0f);
  CHECK(halftone::zero_if_nan(std::numeric_limits<float>::infinity()) == std::numeric_limits<float>::infinity());
}

TEST_CASE("lanes of a single float load and broadcast one value") {
  const float values[] = {4.0f, 5.0f};
  CHECK(halftone::lanes<float>::load(values + 1, 1) == 5.0f);
  CHECK(halftone::lanes<float>::broadcast(6.0f) == 6.0f);
}
