// SPDX-License-Identifier: MIT
// Halftone: the leaf of AVX-VNNI. Required flags: -mavx2 -mfma -mavxvnni. vpdpbusd multiplies unsigned by signed bytes
// without saturation: codes of up to 7 bits are the unsigned side; for signed codes of 8 bits the activations are, prepared
// with 128 added to int8 levels.
#pragma once

#include <halftone/simd/dot_quads.hpp>
#include <halftone/simd/registers_avx2.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

template <>
struct native<avx_vnni> : avx2_registers {
  using xsimd_arch = xsimd::fma3<xsimd::avx2>;

  template <unsigned Bits>
  static constexpr activation_format format_of =
      Bits == 8 ? activation_format::unsigned_bytes : activation_format::signed_bytes;

  template <unsigned Bits>
  HALFTONE_INLINE static bytes quads_8(bytes sum, bytes weights, bytes activations) noexcept {
    if constexpr (Bits == 8) {
      return _mm256_dpbusd_avx_epi32(sum, activations, weights);
    } else {
      return _mm256_dpbusd_avx_epi32(sum, weights, activations);
    }
  }
};

template <unsigned Bits>
struct dot<avx_vnni, Bits> : dot_quads<avx_vnni, Bits> {};

template <>
struct tile_shape<avx_vnni> {
  static constexpr std::size_t integer_rows = 6;
  static constexpr std::size_t unpacked_rows = 4;
  static constexpr std::size_t integer_panels = 1;
  static constexpr std::size_t row_panels = 2;
  static constexpr std::size_t float_rows = 6;
  static constexpr std::size_t float_panels = 1;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
