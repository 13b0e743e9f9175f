// SPDX-License-Identifier: MIT
// Halftone: registers of 256 bits with AVX2 and FMA. Intrinsics only; what they mean is said in byte_line.hpp,
// columns_xsimd.hpp, dot_pairs.hpp and dot_quads.hpp, which use them.
#pragma once

#include <halftone/element/float_storage.hpp>
#include <halftone/simd/codes_x86.hpp>
#include <halftone/simd/extremes_x86.hpp>
#include <halftone/simd/narrow_x86.hpp>
#include <halftone/simd/quads_x86.hpp>
#include <halftone/simd/xsimd.hpp>

#include <cstdint>
#include <immintrin.h>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

struct avx2_registers : x86_quads, x86_codes, x86_extremes, x86_narrow {
  using bytes = __m256i;
  using floats = __m256;

  HALFTONE_INLINE static void opaque(floats& v) noexcept { asm("" : "+x"(v)); }
  HALFTONE_INLINE static void opaque(bytes& v) noexcept { asm("" : "+x"(v)); }

  /// The register of int32 columns, and back.
  HALFTONE_INLINE static bytes as_ints(bytes v) noexcept { return v; }
  HALFTONE_INLINE static bytes as_bytes(bytes v) noexcept { return v; }
  HALFTONE_INLINE static bytes bits_of(floats v) noexcept { return _mm256_castps_si256(v); }

  HALFTONE_INLINE static floats minimum(floats a, floats b) noexcept { return _mm256_min_ps(a, b); }
  HALFTONE_INLINE static floats maximum(floats a, floats b) noexcept { return _mm256_max_ps(a, b); }
  HALFTONE_INLINE static floats quotient(floats a, floats b) noexcept { return _mm256_div_ps(a, b); }
  HALFTONE_INLINE static floats square_root(floats a) noexcept { return _mm256_sqrt_ps(a); }
  /// The smallest and the largest lane, and whether every lane is 0.
  HALFTONE_INLINE static float lowest(floats v) noexcept {
    const __m128 four = _mm_min_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    const __m128 two = _mm_min_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_min_ss(two, _mm_shuffle_ps(two, two, 1)));
  }
  HALFTONE_INLINE static float highest(floats v) noexcept {
    const __m128 four = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_shuffle_ps(two, two, 1)));
  }
  HALFTONE_INLINE static bool all_zero(floats v) noexcept {
    return _mm256_movemask_ps(_mm256_cmp_ps(v, _mm256_setzero_ps(), _CMP_NEQ_UQ)) == 0;
  }
  HALFTONE_INLINE static floats power_of_two(floats n) noexcept {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(_mm256_cvttps_epi32(n), _mm256_set1_epi32(127)), 23));
  }
  HALFTONE_INLINE static floats fused(floats a, floats b, floats c) noexcept { return _mm256_fmadd_ps(a, b, c); }
  /// The first `count` floats, the others 0; touches nothing past them. Any count.
  HALFTONE_INLINE static floats load_first(const float* at, std::size_t count) noexcept {
    return _mm256_maskload_ps(at, first(count));
  }
  HALFTONE_INLINE static void store_first(float* at, floats v, std::size_t count) noexcept {
    _mm256_maskstore_ps(at, first(count), v);
  }

  HALFTONE_INLINE static bytes load(const std::uint8_t* at) noexcept {
    return _mm256_load_si256(reinterpret_cast<const __m256i*>(at));
  }
  HALFTONE_INLINE static void store(std::uint8_t* at, bytes v) noexcept {
    _mm256_store_si256(reinterpret_cast<__m256i*>(at), v);
  }
  HALFTONE_INLINE static bytes zero() noexcept { return _mm256_setzero_si256(); }
  HALFTONE_INLINE static bytes set_8(unsigned v) noexcept { return _mm256_set1_epi8(static_cast<char>(v)); }
  HALFTONE_INLINE static bytes set_16(int v) noexcept { return _mm256_set1_epi16(static_cast<short>(v)); }
  HALFTONE_INLINE static bytes set_32(std::int32_t v) noexcept { return _mm256_set1_epi32(v); }
  HALFTONE_INLINE static bytes both(bytes a, bytes b) noexcept { return _mm256_and_si256(a, b); }
  HALFTONE_INLINE static bytes either(bytes a, bytes b) noexcept { return _mm256_or_si256(a, b); }
  HALFTONE_INLINE static bytes add_16(bytes a, bytes b) noexcept { return _mm256_add_epi16(a, b); }
  HALFTONE_INLINE static bytes add_32(bytes a, bytes b) noexcept { return _mm256_add_epi32(a, b); }
  template <int N>
  HALFTONE_INLINE static bytes right_16(bytes v) noexcept { return _mm256_srli_epi16(v, N); }
  template <int N>
  HALFTONE_INLINE static bytes left_16(bytes v) noexcept { return _mm256_slli_epi16(v, N); }
  template <int N>
  HALFTONE_INLINE static bytes signed_right_16(bytes v) noexcept { return _mm256_srai_epi16(v, N); }
  template <int N>
  HALFTONE_INLINE static bytes left_32(bytes v) noexcept { return _mm256_slli_epi32(v, N); }
  template <int N>
  HALFTONE_INLINE static bytes right_32(bytes v) noexcept { return _mm256_srli_epi32(v, N); }
  template <int N>
  HALFTONE_INLINE static bytes signed_right_32(bytes v) noexcept { return _mm256_srai_epi32(v, N); }
  HALFTONE_INLINE static bytes pairs_8(bytes unsigned_side, bytes signed_side) noexcept {
    return _mm256_maddubs_epi16(unsigned_side, signed_side);
  }
  HALFTONE_INLINE static bytes pairs_16(bytes a, bytes b) noexcept { return _mm256_madd_epi16(a, b); }

  HALFTONE_INLINE static floats widen_bf16(const std::uint8_t* at) noexcept {
    const __m128i half = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(half), 16));
  }
#if defined(__F16C__)
  HALFTONE_INLINE static floats widen_fp16(const binary16* at) noexcept {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
  }
#endif
  /// How large a table one step looks up.
  static constexpr std::size_t look_up_entries = 16;
  /// table[byte], for bytes below Size. A shuffle looks at the low four bits; bit 4, or 5, chooses between halves.
  template <std::size_t Size>
  HALFTONE_INLINE static bytes look_up_bytes(const std::uint8_t* table, bytes at) noexcept {
    if constexpr (Size == 16) {
      const __m128i sixteen = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table));
      return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(sixteen), at);
    } else {
      const bytes low = look_up_bytes<Size / 2>(table, at);
      const bytes high = look_up_bytes<Size / 2>(table + Size / 2, at);
      return _mm256_blendv_epi8(low, high, _mm256_slli_epi16(at, Size == 32 ? 3 : 2));
    }
  }
  template <bool Signed>
  HALFTONE_INLINE static bytes load_levels(const std::uint8_t* at) noexcept {
    const __m128i eight = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(at));
    return Signed ? _mm256_cvtepi8_epi32(eight) : _mm256_cvtepu8_epi32(eight);
  }
  template <bool Signed, class Parts>
  HALFTONE_INLINE static __m128i narrow(const Parts& part) noexcept {
    // 0-3 and 8-11, then 4-7 and 12-15.
    const __m256i words = _mm256_packs_epi32(part[0], part[1]);
    const __m128i low = _mm256_castsi256_si128(words);
    const __m128i high = _mm256_extracti128_si256(words, 1);
    const __m128i mixed = Signed ? _mm_packs_epi16(low, high) : _mm_packus_epi16(low, high);
    return _mm_shuffle_epi32(mixed, 0xd8);
  }
  /// Two times eight codes of `Bits` bits, the first in the lowest bits, as columns Part * 8 and on.
  template <unsigned Bits, bool Signed, std::size_t Part>
  HALFTONE_INLINE static bytes spread(std::uint64_t low, std::uint64_t high) noexcept {
    return spread_eight<Bits, Signed>(Part == 0 ? low : high);
  }
  template <std::size_t Size>
  HALFTONE_INLINE static floats look_up(const float* table, bytes at) noexcept {
    if constexpr (Size == 16) {
      const __m256 low = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), at);
      const __m256 high = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table + 8), at);
      return _mm256_blendv_ps(low, high, _mm256_castsi256_ps(_mm256_slli_epi32(at, 28)));
    } else {
      return _mm256_i32gather_ps(table, at, 4);
    }
  }

 private:
  HALFTONE_INLINE static __m256i first(std::size_t count) noexcept {
    const __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<std::int32_t>(count)), index);
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
