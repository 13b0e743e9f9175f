// SPDX-License-Identifier: MIT
// AVX-VNNI's one instruction that Halftone uses, out of AVX2's, so that machines without it run the leaf's code, too.
// Found before the compiler's own header; the build defines __AVXVNNI__ by hand.
#pragma once

#include_next <immintrin.h>

/// Adds four products of unsigned bytes of a and signed bytes of b to each int32, without saturation.
inline __m256i emulated_dpbusd(__m256i sum, __m256i a, __m256i b) {
  const __m256i low = _mm256_set1_epi16(0xff);
  // Even and odd bytes apart: no two products meet in 16 bits.
  const __m256i even = _mm256_madd_epi16(_mm256_and_si256(a, low), _mm256_srai_epi16(_mm256_slli_epi16(b, 8), 8));
  const __m256i odd = _mm256_madd_epi16(_mm256_srli_epi16(a, 8), _mm256_srai_epi16(b, 8));
  return _mm256_add_epi32(sum, _mm256_add_epi32(even, odd));
}
#define _mm256_dpbusd_avx_epi32 emulated_dpbusd
