// SPDX-License-Identifier: MIT
// Halftone: the leaf of AVX-512 without VNNI. Required flags: -mavx512f -mavx512cd -mavx512bw -mavx512dq -mavx512vl. A line
// is one register.
#pragma once

#include <halftone/simd/dot_pairs.hpp>
#include <halftone/simd/registers_avx512.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

template <>
struct native<avx512_bw> : avx512_registers {
  using xsimd_arch = xsimd::avx512bw;
};

template <unsigned Bits>
struct dot<avx512_bw, Bits> : dot_pairs<avx512_bw, Bits> {};

template <>
struct tile_shape<avx512_bw> {
  static constexpr std::size_t integer_rows = 6;
  static constexpr std::size_t unpacked_rows = 4;
  static constexpr std::size_t integer_panels = 2;
  static constexpr std::size_t row_panels = 2;
  static constexpr std::size_t float_rows = 6;
  static constexpr std::size_t float_panels = 2;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
