// SPDX-License-Identifier: MIT
// Halftone: what searches need of columns that run sixteen at a time, beyond what kernels do: choices and square roots.
#pragma once

#include <halftone/simd/simd.hpp>

#include <cmath>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// In each column: yes where a > b, no elsewhere, NaN included.
template <class Arch>
[[nodiscard]] HALFTONE_INLINE float_columns<Arch> where_greater(const float_columns<Arch>& a, const float_columns<Arch>& b,
                                                                const float_columns<Arch>& yes,
                                                                const float_columns<Arch>& no) noexcept {
  if constexpr (std::is_same_v<Arch, portable>) {
    return float_columns<Arch>::each([&](std::size_t j) { return chosen(a.value[j] > b.value[j], yes.value[j], no.value[j]); });
  } else {
    return float_columns<Arch>::each([&](auto i) HALFTONE_INLINE_LAMBDA {
      return typename float_columns<Arch>::batch(select(a.part[i] > b.part[i], yes.part[i], no.part[i]));
    });
  }
}

/// Square roots, rounded once.
template <class Arch>
[[nodiscard]] HALFTONE_INLINE float_columns<Arch> square_root(const float_columns<Arch>& a) noexcept {
  if constexpr (std::is_same_v<Arch, portable>) {
    return float_columns<Arch>::each([&](std::size_t j) { return std::sqrt(a.value[j]); });
  } else {
    return float_columns<Arch>::each([&](auto i) HALFTONE_INLINE_LAMBDA { return sqrt(a.part[i]); });
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
