// SPDX-License-Identifier: MIT
// Halftone: four registers of floats to one register of codes, a byte each, for every x86 leaf.
#pragma once

#include <halftone/core/config.hpp>

#include <cstdint>
#include <immintrin.h>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

// Numbers out of range give the most negative integer, and integers out of range the nearest of those that fit, so that only
// floats of 2^31 and more have to be kept away.
struct x86_narrow {
  HALFTONE_INLINE static __m128 zero_where_nan(__m128 v) noexcept { return _mm_and_ps(v, _mm_cmpord_ps(v, v)); }
  /// Nearest integers, ties to even.
  HALFTONE_INLINE static __m128i nearest(__m128 v) noexcept { return _mm_cvtps_epi32(v); }
  /// Two registers of 32 bits to one of 16 bits, two of 16 bits to one of bytes, 128 bits by 128 bits.
  HALFTONE_INLINE static __m128i to_words(__m128i a, __m128i b) noexcept { return _mm_packs_epi32(a, b); }
  template <bool Signed>
  HALFTONE_INLINE static __m128i to_bytes(__m128i a, __m128i b) noexcept {
    return Signed ? _mm_packs_epi16(a, b) : _mm_packus_epi16(a, b);
  }
  HALFTONE_INLINE static __m128i saturated_sum(__m128i a, __m128i b) noexcept { return _mm_adds_epi16(a, b); }
  template <bool Signed>
  HALFTONE_INLINE static __m128i smaller_bytes(__m128i a, __m128i b) noexcept {
    return Signed ? _mm_min_epi8(a, b) : _mm_min_epu8(a, b);
  }
  template <bool Signed>
  HALFTONE_INLINE static __m128i larger_bytes(__m128i a, __m128i b) noexcept {
    return Signed ? _mm_max_epi8(a, b) : _mm_max_epu8(a, b);
  }
  /// Undoes what "128 bits by 128 bits" did to four registers.
  HALFTONE_INLINE static __m128i in_order(__m128i v) noexcept { return v; }
  template <int Piece>
  HALFTONE_INLINE static __m128i sixteen_of(__m128i v) noexcept { return v; }
  HALFTONE_INLINE static void store_any(std::uint8_t* at, __m128i v) noexcept {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(at), v);
  }

#if defined(__AVX2__)
  HALFTONE_INLINE static __m256 zero_where_nan(__m256 v) noexcept {
    return _mm256_and_ps(v, _mm256_cmp_ps(v, v, _CMP_ORD_Q));
  }
  HALFTONE_INLINE static __m256i nearest(__m256 v) noexcept { return _mm256_cvtps_epi32(v); }
  HALFTONE_INLINE static __m256i to_words(__m256i a, __m256i b) noexcept { return _mm256_packs_epi32(a, b); }
  template <bool Signed>
  HALFTONE_INLINE static __m256i to_bytes(__m256i a, __m256i b) noexcept {
    return Signed ? _mm256_packs_epi16(a, b) : _mm256_packus_epi16(a, b);
  }
  HALFTONE_INLINE static __m256i saturated_sum(__m256i a, __m256i b) noexcept { return _mm256_adds_epi16(a, b); }
  template <bool Signed>
  HALFTONE_INLINE static __m256i smaller_bytes(__m256i a, __m256i b) noexcept {
    return Signed ? _mm256_min_epi8(a, b) : _mm256_min_epu8(a, b);
  }
  template <bool Signed>
  HALFTONE_INLINE static __m256i larger_bytes(__m256i a, __m256i b) noexcept {
    return Signed ? _mm256_max_epi8(a, b) : _mm256_max_epu8(a, b);
  }
  HALFTONE_INLINE static __m256i in_order(__m256i v) noexcept {
    return _mm256_permutevar8x32_epi32(v, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
  }
  template <int Piece>
  HALFTONE_INLINE static __m128i sixteen_of(__m256i v) noexcept { return _mm256_extracti128_si256(v, Piece); }
  HALFTONE_INLINE static void store_any(std::uint8_t* at, __m256i v) noexcept {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(at), v);
  }
  /// Codes of 4 bits, two a byte: half as many bytes.
  HALFTONE_INLINE static void store_nibbles(std::uint8_t* at, __m256i v) noexcept {
    const __m256i low = _mm256_and_si256(v, _mm256_set1_epi8(15));
    const __m256i pairs = _mm256_maddubs_epi16(low, _mm256_set1_epi16(0x1001));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(at), _mm_packus_epi16(_mm256_castsi256_si128(pairs),
                                                                      _mm256_extracti128_si256(pairs, 1)));
  }
#if defined(__F16C__)
  HALFTONE_INLINE static void store_fp16(std::uint16_t* at, __m256 v) noexcept {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(at), _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
  }
#endif
#endif

#if defined(__AVX512F__) && defined(__AVX512BW__)
// As in registers_avx512.hpp.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
  HALFTONE_INLINE static __m512 zero_where_nan(__m512 v) noexcept {
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(v, v, _CMP_ORD_Q), v);
  }
  HALFTONE_INLINE static __m512i nearest(__m512 v) noexcept { return _mm512_cvtps_epi32(v); }
  HALFTONE_INLINE static __m512i to_words(__m512i a, __m512i b) noexcept { return _mm512_packs_epi32(a, b); }
  template <bool Signed>
  HALFTONE_INLINE static __m512i to_bytes(__m512i a, __m512i b) noexcept {
    return Signed ? _mm512_packs_epi16(a, b) : _mm512_packus_epi16(a, b);
  }
  HALFTONE_INLINE static __m512i saturated_sum(__m512i a, __m512i b) noexcept { return _mm512_adds_epi16(a, b); }
  template <bool Signed>
  HALFTONE_INLINE static __m512i smaller_bytes(__m512i a, __m512i b) noexcept {
    return Signed ? _mm512_min_epi8(a, b) : _mm512_min_epu8(a, b);
  }
  template <bool Signed>
  HALFTONE_INLINE static __m512i larger_bytes(__m512i a, __m512i b) noexcept {
    return Signed ? _mm512_max_epi8(a, b) : _mm512_max_epu8(a, b);
  }
  HALFTONE_INLINE static __m512i in_order(__m512i v) noexcept {
    return _mm512_permutexvar_epi32(_mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), v);
  }
  template <int Piece>
  HALFTONE_INLINE static __m128i sixteen_of(__m512i v) noexcept { return _mm512_extracti32x4_epi32(v, Piece); }
  HALFTONE_INLINE static void store_any(std::uint8_t* at, __m512i v) noexcept { _mm512_storeu_si512(at, v); }
  /// fp16 codes, rounded to nearest with ties to even; what is too large becomes infinite.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"  // of the intrinsic, which is a macro without optimization
#endif
  HALFTONE_INLINE static void store_fp16(std::uint16_t* at, __m512 v) noexcept {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(at), _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
  }
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
  HALFTONE_INLINE static void store_halves(std::uint8_t* low, std::uint8_t* high, __m512i v) noexcept {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(low), _mm512_castsi512_si256(v));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(high), _mm512_extracti64x4_epi64(v, 1));
  }
  HALFTONE_INLINE static void store_nibbles(std::uint8_t* at, __m512i v) noexcept {
    const __m512i low = _mm512_and_si512(v, _mm512_set1_epi8(15));
    const __m512i pairs = _mm512_maddubs_epi16(low, _mm512_set1_epi16(0x1001));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(at), _mm512_cvtepi16_epi8(pairs));
  }
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic pop
#endif
#endif
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
