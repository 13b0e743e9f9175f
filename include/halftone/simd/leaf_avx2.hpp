// SPDX-License-Identifier: MIT
// Halftone: the leaf of AVX2 with FMA. Required flags: -mavx2 -mfma. A line is two registers.
#pragma once

#include <halftone/simd/dot_pairs.hpp>
#include <halftone/simd/registers_avx2.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

template <>
struct native<avx2> : avx2_registers {
  using xsimd_arch = xsimd::fma3<xsimd::avx2>;
};

template <unsigned Bits>
struct dot<avx2, Bits> : dot_pairs<avx2, Bits> {};

template <>
struct tile_shape<avx2> {
  static constexpr std::size_t integer_rows = 4;
  static constexpr std::size_t unpacked_rows = 4;
  static constexpr std::size_t integer_panels = 1;
  static constexpr std::size_t row_panels = 2;
  static constexpr std::size_t float_rows = 6;
  static constexpr std::size_t float_panels = 1;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
