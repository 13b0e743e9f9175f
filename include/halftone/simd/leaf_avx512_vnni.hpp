// SPDX-License-Identifier: MIT
// Halftone: the leaf of AVX-512 with VNNI. Required flags: -mavx512f -mavx512cd -mavx512bw -mavx512dq -mavx512vl
// -mavx512vnni. A line is one register. vpdpbusd multiplies unsigned by signed bytes without saturation: codes of up to 7 bits
// are the unsigned side; for signed codes of 8 bits the activations are, prepared with 128 added to int8 levels.
#pragma once

#include <halftone/simd/dot_quads.hpp>
#include <halftone/simd/registers_avx512.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

template <>
struct native<avx512_vnni> : avx512_registers {
  using xsimd_arch = xsimd::avx512bw;

  template <unsigned Bits>
  static constexpr activation_format format_of =
      Bits == 8 ? activation_format::unsigned_bytes : activation_format::signed_bytes;

  template <unsigned Bits>
  HALFTONE_INLINE static bytes quads_8(bytes sum, bytes weights, bytes activations) noexcept {
    if constexpr (Bits == 8) {
      return _mm512_dpbusd_epi32(sum, activations, weights);
    } else {
      return _mm512_dpbusd_epi32(sum, weights, activations);
    }
  }
};

template <unsigned Bits>
struct dot<avx512_vnni, Bits> : dot_quads<avx512_vnni, Bits> {};

template <>
struct tile_shape<avx512_vnni> {
  static constexpr std::size_t integer_rows = 6;
  static constexpr std::size_t unpacked_rows = 6;
  static constexpr std::size_t integer_panels = 3;
  static constexpr std::size_t row_panels = 4;
  static constexpr std::size_t float_rows = 6;
  static constexpr std::size_t float_panels = 2;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
