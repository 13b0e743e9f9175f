// SPDX-License-Identifier: MIT
// Halftone: ends of runs on registers of 256 and 512 bits: which of two floats lies farther out, and the extreme lane of each
// of several registers at once, by a transposition that compares on the way.
#pragma once

#include <halftone/core/config.hpp>

#include <cstddef>
#include <immintrin.h>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

struct x86_extremes {
  // The bits of floats as integers. As signed ones, numbers above zero are in order and exceed all others; as unsigned ones,
  // numbers below zero exceed all others, the farthest from zero most. A NaN or an infinity exceeds the finite numbers of its
  // sign, so that it is never lost.
  HALFTONE_INLINE static __m256 farther_above(__m256 a, __m256 b) noexcept {
    return _mm256_castsi256_ps(_mm256_max_epi32(_mm256_castps_si256(a), _mm256_castps_si256(b)));
  }
  HALFTONE_INLINE static __m256 farther_below(__m256 a, __m256 b) noexcept {
    return _mm256_castsi256_ps(_mm256_max_epu32(_mm256_castps_si256(a), _mm256_castps_si256(b)));
  }
  /// One step of a transposition: a and b hold `Rows` / 2 rows each, with the candidates of a row side by side; the result
  /// holds them all, with half as many candidates each.
  template <std::size_t Rows, class Best>
  HALFTONE_INLINE static __m256 merged(__m256 a, __m256 b, const Best& best) noexcept {
    if constexpr (Rows == 2) {
      return best(_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
    } else if constexpr (Rows == 4) {
      const __m256d c = _mm256_castps_pd(a);
      const __m256d d = _mm256_castps_pd(b);
      return best(_mm256_castpd_ps(_mm256_unpacklo_pd(c, d)), _mm256_castpd_ps(_mm256_unpackhi_pd(c, d)));
    } else {
      static_assert(Rows == 8);
      return best(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31));
    }
  }

#if defined(__AVX512F__)
// As in registers_avx512.hpp.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
  HALFTONE_INLINE static __m512 farther_above(__m512 a, __m512 b) noexcept {
    return _mm512_castsi512_ps(_mm512_max_epi32(_mm512_castps_si512(a), _mm512_castps_si512(b)));
  }
  HALFTONE_INLINE static __m512 farther_below(__m512 a, __m512 b) noexcept {
    return _mm512_castsi512_ps(_mm512_max_epu32(_mm512_castps_si512(a), _mm512_castps_si512(b)));
  }
  template <std::size_t Rows, class Best>
  HALFTONE_INLINE static __m512 merged(__m512 a, __m512 b, const Best& best) noexcept {
    if constexpr (Rows == 2) {
      return best(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
    } else if constexpr (Rows == 4) {
      const __m512d c = _mm512_castps_pd(a);
      const __m512d d = _mm512_castps_pd(b);
      return best(_mm512_castpd_ps(_mm512_unpacklo_pd(c, d)), _mm512_castpd_ps(_mm512_unpackhi_pd(c, d)));
    } else {
      static_assert(Rows == 8 || Rows == 16);
      return best(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xdd));
    }
  }
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic pop
#endif
#endif
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
