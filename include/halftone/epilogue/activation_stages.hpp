// SPDX-License-Identifier: MIT
// Halftone: epilogue stages with an exponential: silu and the two gelus, and the functions under them.
//
// Built from fused, product and division alone, so that they give the same bits everywhere; libm does not.
#pragma once

#include <halftone/epilogue/stage.hpp>

namespace halftone::inline v0_1 {

/// e^x to 1 unit in the last place for x in [-87, 88]; arguments outside are clamped to that; NaN gives e^-87.
/// Method: x = n ln 2 + r with |r| <= ln 2 / 2, e^r by its Taylor polynomial of degree 7.
template <class Lanes>
[[nodiscard]] HALFTONE_INLINE Lanes exponential(Lanes x) noexcept {
  using make = lanes<Lanes>;
  x = minimum(maximum(x, make::broadcast(-87.0f)), make::broadcast(88.0f));
  const Lanes n = round_even(product(x, make::broadcast(1.44269504f)));
  Lanes r = fused(n, make::broadcast(-0.693359375f), x);    // ln 2 in two parts: the first has few bits,
  r = fused(n, make::broadcast(2.12194440e-4f), r);         // so its product with n is exact
  Lanes p = make::broadcast(1.0f / 5040.0f);
  p = fused(p, r, make::broadcast(1.0f / 720.0f));
  p = fused(p, r, make::broadcast(1.0f / 120.0f));
  p = fused(p, r, make::broadcast(1.0f / 24.0f));
  p = fused(p, r, make::broadcast(1.0f / 6.0f));
  p = fused(p, r, make::broadcast(0.5f));
  p = fused(p, r, make::broadcast(1.0f));
  p = fused(p, r, make::broadcast(1.0f));
  return product(p, power_of_two(n));
}

/// v / (1 + e^-v). Absolute error at most 2e-7 * max(1, v). NaN stays NaN; infinity stays infinite, -infinity gives
/// -1.4e-36 like every v below -87, where the true value is nearer still to zero.
struct silu {
  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE Lanes apply(Lanes value, const tile_position&) const noexcept {
    value = maximum(lanes<Lanes>::broadcast(-87.0f), value);  // in this order: maximum gives its second argument for NaN
    const Lanes one = lanes<Lanes>::broadcast(1.0f);
    const Lanes minus = product(value, lanes<Lanes>::broadcast(-1.0f));
    return value / (one + exponential(minus));
  }
};

/// v/2 (1 + erf(v / sqrt 2)), with erf from Abramowitz and Stegun 7.1.26.
/// Absolute error at most 3e-7 * max(1, v). NaN stays NaN; infinity stays infinite, -infinity gives 0.
struct gelu_erf {
  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE Lanes apply(Lanes value, const tile_position&) const noexcept {
    using make = lanes<Lanes>;
    value = maximum(make::broadcast(-10.0f), value);  // below, the result is 0 in float; NaN stays
    const Lanes one = make::broadcast(1.0f);
    const Lanes z = product(magnitude(value), make::broadcast(0.70710678f));
    const Lanes t = one / fused(z, make::broadcast(0.3275911f), one);
    Lanes p = make::broadcast(1.061405429f);
    p = fused(p, t, make::broadcast(-1.453152027f));
    p = fused(p, t, make::broadcast(1.421413741f));
    p = fused(p, t, make::broadcast(-0.284496736f));
    p = fused(p, t, make::broadcast(0.254829592f));
    const Lanes tail = product(product(p, t), exponential(product(product(z, z), make::broadcast(-1.0f))));
    // 1 + erf(v / sqrt 2) is 2 - tail for positive v and tail for negative v; both are v/2 + |v|/2 (1 - tail)
    const Lanes half = make::broadcast(0.5f);
    return fused(product(magnitude(value), half), one - tail, product(value, half));
  }
};

/// v/2 (1 + tanh(sqrt(2/pi) (v + 0.044715 v^3))) = v / (1 + e^-2u). Absolute error at most 2e-7 * max(1, v).
/// NaN stays NaN; infinity stays infinite, -infinity gives -1.2e-37 like every v below -10.
/// Source: Hendrycks and Gimpel, arXiv:1606.08415.
struct gelu_tanh {
  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE Lanes apply(Lanes value, const tile_position&) const noexcept {
    using make = lanes<Lanes>;
    value = maximum(make::broadcast(-10.0f), value);  // NaN stays
    const Lanes one = make::broadcast(1.0f);
    const Lanes cubic = fused(product(value, value), make::broadcast(0.044715f), one);
    const Lanes minus_2u = product(product(value, cubic), make::broadcast(-1.5957691f));
    return value / (one + exponential(minus_2u));
  }
};

static_assert(epilogue_stage<silu> && epilogue_stage<gelu_erf> && epilogue_stage<gelu_tanh>);

}  // namespace halftone::inline v0_1
