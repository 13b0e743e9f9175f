// SPDX-License-Identifier: MIT
// Halftone: 8-bit activations into the order that dot products want, 16 or 32 at a time, with their sums; for every x86 leaf.
#pragma once

#include <halftone/simd/arch.hpp>

#include <cstdint>
#include <immintrin.h>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

struct x86_quads {
#if defined(__AVX2__)
  using level_sums = __m256i;
  HALFTONE_INLINE static level_sums no_levels() noexcept { return _mm256_setzero_si256(); }
  HALFTONE_INLINE static level_sums sum(level_sums a, level_sums b) noexcept { return _mm256_add_epi32(a, b); }
  HALFTONE_INLINE static level_sums widened(__m128i sums) noexcept { return _mm256_zextsi128_si256(sums); }
  HALFTONE_INLINE static __m128i folded(level_sums sums) noexcept {
    return _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
  }
  /// One step of the transposition of `totals`.
  HALFTONE_INLINE static level_sums pairs(level_sums a, level_sums b) noexcept {
    return sum(_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
  }
  HALFTONE_INLINE static level_sums fours(level_sums a, level_sums b) noexcept {
    return sum(_mm256_unpacklo_epi64(a, b), _mm256_unpackhi_epi64(a, b));
  }
#else
  using level_sums = __m128i;
  HALFTONE_INLINE static level_sums no_levels() noexcept { return _mm_setzero_si128(); }
  HALFTONE_INLINE static level_sums sum(level_sums a, level_sums b) noexcept { return _mm_add_epi32(a, b); }
  HALFTONE_INLINE static level_sums widened(__m128i sums) noexcept { return sums; }
  HALFTONE_INLINE static __m128i folded(level_sums sums) noexcept { return sums; }
  HALFTONE_INLINE static level_sums pairs(level_sums a, level_sums b) noexcept {
    return sum(_mm_unpacklo_epi32(a, b), _mm_unpackhi_epi32(a, b));
  }
  HALFTONE_INLINE static level_sums fours(level_sums a, level_sums b) noexcept {
    return sum(_mm_unpacklo_epi64(a, b), _mm_unpackhi_epi64(a, b));
  }
#endif

  [[nodiscard]] HALFTONE_INLINE static std::int32_t total(level_sums sums) noexcept {
    const __m128i four = folded(sums);
    const __m128i two = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32(two, 0xb1)));
  }
  /// A single number as sums.
  [[nodiscard]] HALFTONE_INLINE static level_sums sums_of(std::int32_t v) noexcept { return widened(_mm_cvtsi32_si128(v)); }
  /// Writes factor * (total - part) of four sums, modulo 2^32.
  HALFTONE_INLINE static void store_totals(const level_sums* sums, std::int32_t part, std::int32_t factor,
                                           std::int32_t* at) noexcept {
    const __m128i four = folded(fours(pairs(sums[0], sums[1]), pairs(sums[2], sums[3])));
    const __m128i centred = _mm_sub_epi32(four, _mm_set1_epi32(part));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(at), _mm_mullo_epi32(centred, _mm_set1_epi32(factor)));
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
      sums = sum(sums, widened(_mm_madd_epi16(_mm_add_epi16(a, b), _mm_set1_epi16(1))));
    } else {
      constexpr bool flips = (Format == activation_format::signed_bytes) != Signed;
      const __m128i moved = _mm_xor_si128(v, _mm_set1_epi8(static_cast<char>(0x80)));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(quads), flips ? moved : v);
      const __m128i ones = _mm_set1_epi8(1);
      const __m128i pairs_of = Signed ? _mm_maddubs_epi16(ones, v) : _mm_maddubs_epi16(v, ones);
      sums = sum(sums, widened(_mm_madd_epi16(pairs_of, _mm_set1_epi16(1))));
    }
  }

#if defined(__AVX2__)
  /// The same for eight quads.
  template <activation_format Format, bool Signed>
  HALFTONE_INLINE static void write_eight_quads(const std::uint8_t* levels, std::uint8_t* quads, level_sums& sums) noexcept {
    const __m256i v = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(levels));
    const auto store = [&](std::size_t at, __m256i part) HALFTONE_INLINE_LAMBDA {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(quads + at), part);
    };
    if constexpr (Format == activation_format::wide) {
      const __m256i order = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15));
      const __m256i sorted = _mm256_shuffle_epi8(v, order);
      const __m128i low = _mm256_castsi256_si128(sorted);
      const __m128i high = _mm256_extracti128_si256(sorted, 1);
      const __m256i a = Signed ? _mm256_cvtepi8_epi16(low) : _mm256_cvtepu8_epi16(low);
      const __m256i b = Signed ? _mm256_cvtepi8_epi16(high) : _mm256_cvtepu8_epi16(high);
      store(0, a);
      store(32, b);
      sums = sum(sums, _mm256_madd_epi16(_mm256_add_epi16(a, b), _mm256_set1_epi16(1)));
    } else {
      constexpr bool flips = (Format == activation_format::signed_bytes) != Signed;
      store(0, flips ? _mm256_xor_si256(v, _mm256_set1_epi8(static_cast<char>(0x80))) : v);
      const __m256i ones = _mm256_set1_epi8(1);
      const __m256i pairs_of = Signed ? _mm256_maddubs_epi16(ones, v) : _mm256_maddubs_epi16(v, ones);
      sums = sum(sums, _mm256_madd_epi16(pairs_of, _mm256_set1_epi16(1)));
    }
  }
#endif
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
