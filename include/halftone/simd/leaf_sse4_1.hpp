// SPDX-License-Identifier: MIT
// Halftone: the leaf of SSE4.1. Required flags: -msse4.1 (which brings SSSE3). A line is four registers.
#pragma once

#include <halftone/simd/dot_pairs.hpp>
#include <halftone/simd/registers_sse.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

template <>
struct native<sse4_1> : sse_registers {
  using xsimd_arch = xsimd::sse4_1;
};

template <unsigned Bits>
struct dot<sse4_1, Bits> : dot_pairs<sse4_1, Bits> {};

template <>
struct tile_shape<sse4_1> {
  static constexpr std::size_t integer_rows = 2;
  static constexpr std::size_t unpacked_rows = 2;
  static constexpr std::size_t integer_panels = 1;
  static constexpr std::size_t row_panels = 1;
  static constexpr std::size_t float_rows = 2;
  static constexpr std::size_t float_panels = 1;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
