// SPDX-License-Identifier: MIT
// Halftone: registers of 512 bits with AVX-512 F, CD, BW, DQ and VL. Intrinsics only; what they mean is said in
// byte_line.hpp, columns_xsimd.hpp, dot_pairs.hpp and dot_quads.hpp, which use them.
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

// g++ 12 takes the unused sources of its own intrinsics for variables that nobody sets.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

struct avx512_registers : x86_quads, x86_codes, x86_extremes, x86_narrow {
  using bytes = __m512i;
  using floats = __m512;

  HALFTONE_INLINE static void opaque(floats& v) noexcept { asm("" : "+v"(v)); }
  HALFTONE_INLINE static void opaque(bytes& v) noexcept { asm("" : "+v"(v)); }

  /// The register of int32 columns, and back.
  HALFTONE_INLINE static bytes as_ints(bytes v) noexcept { return v; }
  HALFTONE_INLINE static bytes as_bytes(bytes v) noexcept { return v; }
  HALFTONE_INLINE static bytes bits_of(floats v) noexcept { return _mm512_castps_si512(v); }

  HALFTONE_INLINE static floats minimum(floats a, floats b) noexcept { return _mm512_min_ps(a, b); }
  HALFTONE_INLINE static floats maximum(floats a, floats b) noexcept { return _mm512_max_ps(a, b); }
  HALFTONE_INLINE static floats quotient(floats a, floats b) noexcept { return _mm512_div_ps(a, b); }
  HALFTONE_INLINE static floats square_root(floats a) noexcept { return _mm512_sqrt_ps(a); }
  /// The smallest and the largest lane, and whether every lane is 0.
  HALFTONE_INLINE static float lowest(floats v) noexcept { return _mm512_reduce_min_ps(v); }
  HALFTONE_INLINE static float highest(floats v) noexcept { return _mm512_reduce_max_ps(v); }
  HALFTONE_INLINE static bool all_zero(floats v) noexcept {
    return _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_UQ) == 0;
  }
  HALFTONE_INLINE static floats power_of_two(floats n) noexcept {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_add_epi32(_mm512_cvttps_epi32(n), _mm512_set1_epi32(127)), 23));
  }
  HALFTONE_INLINE static floats fused(floats a, floats b, floats c) noexcept { return _mm512_fmadd_ps(a, b, c); }
  /// The first `count` floats, the others 0; touches nothing past them. Any count.
  HALFTONE_INLINE static floats load_first(const float* at, std::size_t count) noexcept {
    return _mm512_maskz_loadu_ps(first(count), at);
  }
  HALFTONE_INLINE static void store_first(float* at, floats v, std::size_t count) noexcept {
    _mm512_mask_storeu_ps(at, first(count), v);
  }

  HALFTONE_INLINE static bytes load(const std::uint8_t* at) noexcept { return _mm512_load_si512(at); }
  HALFTONE_INLINE static void store(std::uint8_t* at, bytes v) noexcept { _mm512_store_si512(at, v); }
  HALFTONE_INLINE static bytes zero() noexcept { return _mm512_setzero_si512(); }
  HALFTONE_INLINE static bytes set_8(unsigned v) noexcept { return _mm512_set1_epi8(static_cast<char>(v)); }
  HALFTONE_INLINE static bytes set_16(int v) noexcept { return _mm512_set1_epi16(static_cast<short>(v)); }
  HALFTONE_INLINE static bytes set_32(std::int32_t v) noexcept { return _mm512_set1_epi32(v); }
  HALFTONE_INLINE static bytes both(bytes a, bytes b) noexcept { return _mm512_and_si512(a, b); }
  HALFTONE_INLINE static bytes either(bytes a, bytes b) noexcept { return _mm512_or_si512(a, b); }
  HALFTONE_INLINE static bytes add_16(bytes a, bytes b) noexcept { return _mm512_add_epi16(a, b); }
  HALFTONE_INLINE static bytes add_32(bytes a, bytes b) noexcept { return _mm512_add_epi32(a, b); }
  template <int N>
  HALFTONE_INLINE static bytes right_16(bytes v) noexcept { return _mm512_srli_epi16(v, N); }
  template <int N>
  HALFTONE_INLINE static bytes left_16(bytes v) noexcept { return _mm512_slli_epi16(v, N); }
  template <int N>
  HALFTONE_INLINE static bytes signed_right_16(bytes v) noexcept { return _mm512_srai_epi16(v, N); }
  template <int N>
  HALFTONE_INLINE static bytes left_32(bytes v) noexcept { return _mm512_slli_epi32(v, N); }
  template <int N>
  HALFTONE_INLINE static bytes right_32(bytes v) noexcept { return _mm512_srli_epi32(v, N); }
  template <int N>
  HALFTONE_INLINE static bytes signed_right_32(bytes v) noexcept { return _mm512_srai_epi32(v, N); }
  HALFTONE_INLINE static bytes pairs_8(bytes unsigned_side, bytes signed_side) noexcept {
    return _mm512_maddubs_epi16(unsigned_side, signed_side);
  }
  HALFTONE_INLINE static bytes pairs_16(bytes a, bytes b) noexcept { return _mm512_madd_epi16(a, b); }

  HALFTONE_INLINE static floats widen_bf16(const std::uint8_t* at) noexcept {
    const __m256i half = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
  }
  HALFTONE_INLINE static floats widen_fp16(const binary16* at) noexcept {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)));
  }
  /// How large a table one step looks up.
#if defined(__AVX512VBMI__)
  static constexpr std::size_t look_up_entries = 64;
#else
  static constexpr std::size_t look_up_entries = 16;
#endif
  /// table[byte], for bytes below Size. A shuffle looks at the low four bits; bit 4, or 5, chooses between halves.
  template <std::size_t Size>
  HALFTONE_INLINE static bytes look_up_bytes(const std::uint8_t* table, bytes at) noexcept {
    if constexpr (Size == 16) {
      const __m128i sixteen = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table));
      return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(sixteen), at);
    } else {
#if defined(__AVX512VBMI__)
      if constexpr (Size == 32) {
        const __m256i half = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(table));
        return _mm512_permutexvar_epi8(at, _mm512_castsi256_si512(half));
      } else {
        return _mm512_permutexvar_epi8(at, _mm512_loadu_si512(table));
      }
#else
      const bytes low = look_up_bytes<Size / 2>(table, at);
      const bytes high = look_up_bytes<Size / 2>(table + Size / 2, at);
      return _mm512_mask_blend_epi8(_mm512_test_epi8_mask(at, set_8(Size / 2)), low, high);
#endif
    }
  }
  template <bool Signed>
  HALFTONE_INLINE static bytes load_levels(const std::uint8_t* at) noexcept {
    const __m128i sixteen = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    return Signed ? _mm512_cvtepi8_epi32(sixteen) : _mm512_cvtepu8_epi32(sixteen);
  }
  template <bool Signed, class Parts>
  HALFTONE_INLINE static __m128i narrow(const Parts& part) noexcept {
    return _mm512_cvtepi32_epi8(part[0]);
  }
  /// Two times eight codes of `Bits` bits, the first in the lowest bits, as columns.
  template <unsigned Bits, bool Signed, std::size_t Part>
  HALFTONE_INLINE static bytes spread(std::uint64_t low, std::uint64_t high) noexcept {
    const __m256i first = spread_eight<Bits, Signed>(low);
    const __m256i second = spread_eight<Bits, Signed>(high);
    return _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
  }
  template <std::size_t Size>
  HALFTONE_INLINE static floats look_up(const float* table, bytes at) noexcept {
    if constexpr (Size == 16) {
      return _mm512_permutexvar_ps(at, _mm512_loadu_ps(table));
    } else {
      return _mm512_i32gather_ps(at, table, 4);
    }
  }

 private:
  HALFTONE_INLINE static __mmask16 first(std::size_t count) noexcept {
    return static_cast<__mmask16>(count >= 16 ? 0xffffu : (1u << count) - 1);
  }
};

#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic pop
#endif

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
