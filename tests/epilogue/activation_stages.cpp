// SPDX-License-Identifier: MIT
// Halftone tests: exponential, silu and the two gelus keep the error bounds that their comments state.
#include <halftone/epilogue/activation_stages.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
const halftone::tile_position nowhere{};

/// Calls f(x) for finite floats of both signs: about 600,000 between 2^-10 and 2^8, 256 at every other exponent.
template <class F>
void for_many_floats(F&& f) {
  for (std::uint32_t sign = 0; sign < 2; ++sign) {
    for (std::uint32_t exponent = 0; exponent < 255; ++exponent) {
      const std::uint32_t step = exponent >= 117 && exponent <= 134 ? 509 : 32749;
      for (std::uint32_t mantissa = 0; mantissa < 0x800000u; mantissa += step) {
        f(std::bit_cast<float>(sign << 31 | exponent << 23 | mantissa));
      }
      f(std::bit_cast<float>(sign << 31 | exponent << 23 | 0x7fffffu));
    }
  }
}

struct worst {
  double error = 0.0;
  float where = 0.0f;
  void add(double e, float x) {
    if (!(e <= error)) {  // NaN counts as worst
      error = e;
      where = x;
    }
  }
};

/// Largest |stage(v) - truth(v)| / max(1, v).
template <class Stage, class Truth>
worst worst_error(const Stage& stage, Truth&& truth) {
  worst w;
  for_many_floats([&](float v) {
    const double exact = truth(static_cast<double>(v));
    w.add(std::abs(static_cast<double>(stage.apply(v, nowhere)) - exact) / std::max(1.0, static_cast<double>(v)), v);
  });
  return w;
}

}  // namespace

TEST_CASE("exponential is right to one unit in the last place in its range") {
  worst w;
  for_many_floats([&](float x) {
    if (x >= -87.0f && x <= 88.0f) {
      const double exact = std::exp(static_cast<double>(x));
      const double unit = std::ldexp(1.0, std::ilogb(exact) - 23);
      w.add(std::abs(static_cast<double>(halftone::exponential(x)) - exact) / unit, x);
    }
  });
  CAPTURE(w.where);
  CHECK(w.error <= 1.0);
  CHECK(w.error > 0.5);  // the sweep sees the last bit
}

TEST_CASE("exponential clamps its argument, and NaN counts as the lowest") {
  CHECK(halftone::exponential(0.0f) == 1.0f);
  CHECK(halftone::exponential(-infinity) == halftone::exponential(-87.0f));
  CHECK(halftone::exponential(-1e30f) == halftone::exponential(-87.0f));
  CHECK(halftone::exponential(infinity) == halftone::exponential(88.0f));
  CHECK(std::isfinite(halftone::exponential(infinity)));
  CHECK(halftone::exponential(-87.0f) >= std::numeric_limits<float>::min());
  CHECK(halftone::exponential(std::numeric_limits<float>::quiet_NaN()) == halftone::exponential(-87.0f));
}

TEST_CASE("silu keeps its bound over all finite floats") {
  const worst w = worst_error(halftone::silu{}, [](double v) { return v / (1.0 + std::exp(-v)); });
  CAPTURE(w.where);
  CHECK(w.error <= 2e-7);
}

TEST_CASE("gelu_erf keeps its bound over all finite floats") {
  const worst w = worst_error(halftone::gelu_erf{}, [](double v) { return 0.5 * v * std::erfc(-v * 0.70710678118654752440); });
  CAPTURE(w.where);
  CHECK(w.error <= 3e-7);
}

TEST_CASE("gelu_tanh keeps its bound over all finite floats") {
  const worst w = worst_error(halftone::gelu_tanh{}, [](double v) {
    const double u = 0.79788456080286535588 * (v + 0.044715 * v * v * v);
    return v / (1.0 + std::exp(-2.0 * u));
  });
  CAPTURE(w.where);
  CHECK(w.error <= 2e-7);
}

TEST_CASE("the two gelus are two functions") {
  CHECK(std::abs(halftone::gelu_erf{}.apply(2.5f, nowhere) - halftone::gelu_tanh{}.apply(2.5f, nowhere)) > 1e-4f);
}

TEST_CASE_TEMPLATE("activations of special values", Stage, halftone::silu, halftone::gelu_erf, halftone::gelu_tanh) {
  const Stage stage;
  CHECK(std::isnan(stage.apply(std::numeric_limits<float>::quiet_NaN(), nowhere)));
  CHECK(stage.apply(infinity, nowhere) == infinity);
  CHECK(stage.apply(std::numeric_limits<float>::max(), nowhere) == std::numeric_limits<float>::max());
  CHECK(stage.apply(0.0f, nowhere) == 0.0f);
  CHECK(std::abs(stage.apply(-infinity, nowhere)) <= 2e-36f);
  CHECK(std::abs(stage.apply(std::numeric_limits<float>::lowest(), nowhere)) <= 2e-36f);
  CHECK(stage.apply(0x1p-140f, nowhere) == 0x1p-141f);
}
