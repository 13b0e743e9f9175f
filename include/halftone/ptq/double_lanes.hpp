// SPDX-License-Identifier: MIT
// Halftone: a few doubles at a time, for sums whose order is stated.
//
//   minus_product(c, a, b) = round(c - round(a * b))      two roundings, on every machine
//   plus_product(c, a, b)  = round(c + round(a * b))
//
// Lanes never meet, so a result does not depend on how many there are. Products are opaque to contraction (core/arithmetic.hpp).
#pragma once

#include <halftone/core/arithmetic.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq {

#if defined(__GNUC__) && !defined(HALFTONE_FORCE_PORTABLE) && (defined(__SSE2__) || defined(__aarch64__))
#define HALFTONE_PTQ_HAS_LANES 1
#if defined(__AVX__)
typedef double double_register __attribute__((vector_size(32), aligned(8), may_alias));
#else
typedef double double_register __attribute__((vector_size(16), aligned(8), may_alias));
#endif
#else
#define HALFTONE_PTQ_HAS_LANES 0
using double_register = double;
#endif

struct double_lanes {
  static constexpr std::size_t size = sizeof(double_register) / sizeof(double);
  double_register value;

  [[nodiscard]] HALFTONE_INLINE static double_lanes load(const double* from) noexcept {
    return {*reinterpret_cast<const double_register*>(from)};
  }
  HALFTONE_INLINE void store(double* to) const noexcept { *reinterpret_cast<double_register*>(to) = value; }

  [[nodiscard]] HALFTONE_INLINE static double_register opaque_product(double a, const double_lanes& b) noexcept {
#if HALFTONE_PTQ_HAS_LANES
    double_register p = a * b.value;
#if defined(__aarch64__)
    asm("" : "+w"(p));
#else
    asm("" : "+x"(p));
#endif
    return p;
#else
    return product(a, b.value);
#endif
  }
  [[nodiscard]] HALFTONE_INLINE friend double_lanes minus_product(const double_lanes& c, double a, const double_lanes& b) noexcept {
    return {c.value - opaque_product(a, b)};
  }
  [[nodiscard]] HALFTONE_INLINE friend double_lanes plus_product(const double_lanes& c, double a, const double_lanes& b) noexcept {
    return {c.value + opaque_product(a, b)};
  }
};

#undef HALFTONE_PTQ_HAS_LANES

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq
