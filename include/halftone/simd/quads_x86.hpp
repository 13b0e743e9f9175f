// SPDX-License-Identifier: MIT
// Halftone: sixteen 8-bit activations at a time into the order that dot products want, with their sums; for every x86 leaf.
// 128-bit registers suffice: the pass over the floats before it costs more.
#pragma once

#include <halftone/simd/arch.hpp>

#include <cstdint>
#include <immintrin.h>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

struct x86_quads {
  using level_sums = __m128i;

  HALFTONE_INLINE static level_sums no_levels() noexcept { return _mm_setzero_si128(); }
  HALFTONE_INLINE static std::int32_t total(level_sums sums) noexcept {
    const __m128i two = _mm_add_epi32(sums, _mm_shuffle_epi32(sums, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32(two, 0xb1)));
  }

  /// Writes four quads and adds their sixteen levels to `sums`.
  template <activation_format Format, bool Signed>
  HALFTONE_INLINE static void write_four_quads(const std::uint8_t* levels, std::uint8_t* quads, level_sums& sums) noexcept {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(levels));
    if constexpr (Format == activation_format::wide) {
      // a0 a1 a2 a3 -> a0 a2 a1 a3, then 16 bits each.
      const __m128i order = _mm_setr_epi8(0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15);
      const __m128i sorted = _mm_shuffle_epi8(v, order);
      const __m128i high = _mm_unpackhi_epi64(sorted, sorted);
      const __m128i a = Signed ? _mm_cvtepi8_epi16(sorted) : _mm_cvtepu8_epi16(sorted);
      const __m128i b = Signed ? _mm_cvtepi8_epi16(high) : _mm_cvtepu8_epi16(high);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(quads), a);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(quads + 16), b);
      sums = _mm_add_epi32(sums, _mm_madd_epi16(_mm_add_epi16(a, b), _mm_set1_epi16(1)));
    } else {
      constexpr bool flips = (Format == activation_format::signed_bytes) != Signed;
      const __m128i moved = _mm_xor_si128(v, _mm_set1_epi8(static_cast<char>(0x80)));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(quads), flips ? moved : v);
      const __m128i ones = _mm_set1_epi8(1);
      const __m128i pairs = Signed ? _mm_maddubs_epi16(ones, v) : _mm_maddubs_epi16(v, ones);
      sums = _mm_add_epi32(sums, _mm_madd_epi16(pairs, _mm_set1_epi16(1)));
    }
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
