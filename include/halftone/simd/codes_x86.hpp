// SPDX-License-Identifier: MIT
// Halftone: codes between bytes and the canonical bit stream, for every x86 leaf.
#pragma once

#include <halftone/element/bit_packing.hpp>
#include <halftone/simd/arch.hpp>

#include <cstdint>
#include <immintrin.h>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

struct x86_codes {
  HALFTONE_INLINE static __m128i load_sixteen(const std::uint8_t* at) noexcept {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  }
  HALFTONE_INLINE static void store_sixteen(std::uint8_t* at, __m128i v) noexcept {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(at), v);
  }
  /// Writes sixteen codes, one a byte, as 2 * Bits bytes of a canonical row. Higher bits of a byte are ignored.
  template <unsigned Bits>
    requires(Bits < 7)
  HALFTONE_INLINE static void store_codes(__m128i codes, std::uint8_t* row) noexcept {
    const __m128i v = _mm_and_si128(codes, _mm_set1_epi8((1 << Bits) - 1));
    // Pairs, then fours, by multiplying every other one by a power of two; then eights.
    const __m128i pairs = _mm_maddubs_epi16(v, _mm_set1_epi16((1 << (8 + Bits)) + 1));
    if constexpr (Bits == 4) {
      _mm_storel_epi64(reinterpret_cast<__m128i*>(row), _mm_packus_epi16(pairs, pairs));
    } else {
      const __m128i fours = _mm_madd_epi16(pairs, _mm_set1_epi32((1 << (16 + 2 * Bits)) + 1));
      const __m128i high = _mm_slli_epi64(_mm_srli_epi64(fours, 32), 4 * Bits);
      const __m128i eights = _mm_or_si128(_mm_and_si128(fours, _mm_set1_epi64x(0xffffffff)), high);
      detail::store_low_bytes<Bits>(static_cast<std::uint64_t>(_mm_cvtsi128_si64(eights)), row);
      detail::store_low_bytes<Bits>(static_cast<std::uint64_t>(_mm_extract_epi64(eights, 1)), row + Bits);
    }
  }

#if defined(__AVX2__)
  /// Eight codes of `Bits` bits, the first in the lowest bits, as levels: each is moved to the top of its lane and back.
  template <unsigned Bits, bool Signed>
    requires(Bits < 8)
  HALFTONE_INLINE static __m256i spread_eight(std::uint64_t eight) noexcept {
    constexpr int b = Bits;
    __m256i v;
    if constexpr (b <= 4) {
      constexpr int top = 32 - b;
      v = _mm256_sllv_epi32(_mm256_set1_epi32(static_cast<std::int32_t>(eight)),
                            _mm256_setr_epi32(top, top - b, top - 2 * b, top - 3 * b, top - 4 * b, top - 5 * b, top - 6 * b,
                                              top - 7 * b));
    } else {
      constexpr auto two_bytes = [](int i) { return (b * i / 8) * 0x0101 + 0x0100; };
      constexpr auto shift = [](int i) { return 32 - b - b * i % 8; };
      const __m256i order = _mm256_setr_epi32(two_bytes(0), two_bytes(1), two_bytes(2), two_bytes(3), two_bytes(4),
                                              two_bytes(5), two_bytes(6), two_bytes(7));
      v = _mm256_shuffle_epi8(_mm256_set1_epi64x(static_cast<long long>(eight)), order);
      v = _mm256_sllv_epi32(v, _mm256_setr_epi32(shift(0), shift(1), shift(2), shift(3), shift(4), shift(5), shift(6),
                                                 shift(7)));
    }
    return Signed ? _mm256_srai_epi32(v, 32 - b) : _mm256_srli_epi32(v, 32 - b);
  }
#endif
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
