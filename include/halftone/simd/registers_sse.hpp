// SPDX-License-Identifier: MIT
// Halftone: registers of 128 bits with SSE4.1 and SSSE3. Intrinsics only; what they mean is said in byte_line.hpp,
// columns_xsimd.hpp and dot_pairs.hpp, which use them.
#pragma once

#include <halftone/core/arithmetic.hpp>
#include <halftone/simd/codes_x86.hpp>
#include <halftone/simd/narrow_x86.hpp>
#include <halftone/simd/quads_x86.hpp>
#include <halftone/simd/xsimd.hpp>

#include <cstdint>
#include <cstring>
#include <immintrin.h>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

struct sse_registers : x86_quads, x86_codes, x86_narrow {
  using bytes = __m128i;
  using floats = __m128;

  HALFTONE_INLINE static void opaque(floats& v) noexcept { asm("" : "+x"(v)); }
  HALFTONE_INLINE static void opaque(bytes& v) noexcept { asm("" : "+x"(v)); }

  /// The register of int32 columns, and back.
  HALFTONE_INLINE static bytes as_ints(bytes v) noexcept { return v; }
  HALFTONE_INLINE static bytes as_bytes(bytes v) noexcept { return v; }
  HALFTONE_INLINE static bytes bits_of(floats v) noexcept { return _mm_castps_si128(v); }

  HALFTONE_INLINE static floats minimum(floats a, floats b) noexcept { return _mm_min_ps(a, b); }
  HALFTONE_INLINE static floats maximum(floats a, floats b) noexcept { return _mm_max_ps(a, b); }
  HALFTONE_INLINE static floats quotient(floats a, floats b) noexcept { return _mm_div_ps(a, b); }
  HALFTONE_INLINE static floats square_root(floats a) noexcept { return _mm_sqrt_ps(a); }
  /// The smallest and the largest lane, and whether every lane is 0.
  HALFTONE_INLINE static float lowest(floats v) noexcept {
    const __m128 two = _mm_min_ps(v, _mm_movehl_ps(v, v));
    return _mm_cvtss_f32(_mm_min_ss(two, _mm_shuffle_ps(two, two, 1)));
  }
  HALFTONE_INLINE static float highest(floats v) noexcept {
    const __m128 two = _mm_max_ps(v, _mm_movehl_ps(v, v));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_shuffle_ps(two, two, 1)));
  }
  HALFTONE_INLINE static bool all_zero(floats v) noexcept {
    return _mm_movemask_ps(_mm_cmpneq_ps(v, _mm_setzero_ps())) == 0;
  }
  HALFTONE_INLINE static floats power_of_two(floats n) noexcept {
    return _mm_castsi128_ps(_mm_slli_epi32(_mm_add_epi32(_mm_cvttps_epi32(n), _mm_set1_epi32(127)), 23));
  }
  /// a * b + c rounded once: with the instruction where the flags allow it, otherwise as `detail::fused_by_double`.
  HALFTONE_INLINE static floats fused(floats a, floats b, floats c) noexcept {
#if HALFTONE_HAS_FMA
    return _mm_fmadd_ps(a, b, c);
#else
    return _mm_movelh_ps(fused_pair(a, b, c),
                         fused_pair(_mm_movehl_ps(a, a), _mm_movehl_ps(b, b), _mm_movehl_ps(c, c)));
#endif
  }

  HALFTONE_INLINE static bytes load(const std::uint8_t* at) noexcept {
    return _mm_load_si128(reinterpret_cast<const __m128i*>(at));
  }
  HALFTONE_INLINE static void store(std::uint8_t* at, bytes v) noexcept {
    _mm_store_si128(reinterpret_cast<__m128i*>(at), v);
  }
  HALFTONE_INLINE static bytes zero() noexcept { return _mm_setzero_si128(); }
  HALFTONE_INLINE static bytes set_8(unsigned v) noexcept { return _mm_set1_epi8(static_cast<char>(v)); }
  HALFTONE_INLINE static bytes set_16(int v) noexcept { return _mm_set1_epi16(static_cast<short>(v)); }
  HALFTONE_INLINE static bytes set_32(std::int32_t v) noexcept { return _mm_set1_epi32(v); }
  HALFTONE_INLINE static bytes both(bytes a, bytes b) noexcept { return _mm_and_si128(a, b); }
  HALFTONE_INLINE static bytes either(bytes a, bytes b) noexcept { return _mm_or_si128(a, b); }
  HALFTONE_INLINE static bytes add_16(bytes a, bytes b) noexcept { return _mm_add_epi16(a, b); }
  HALFTONE_INLINE static bytes add_32(bytes a, bytes b) noexcept { return _mm_add_epi32(a, b); }
  template <int N>
  HALFTONE_INLINE static bytes right_16(bytes v) noexcept { return _mm_srli_epi16(v, N); }
  template <int N>
  HALFTONE_INLINE static bytes left_16(bytes v) noexcept { return _mm_slli_epi16(v, N); }
  template <int N>
  HALFTONE_INLINE static bytes signed_right_16(bytes v) noexcept { return _mm_srai_epi16(v, N); }
  template <int N>
  HALFTONE_INLINE static bytes left_32(bytes v) noexcept { return _mm_slli_epi32(v, N); }
  template <int N>
  HALFTONE_INLINE static bytes right_32(bytes v) noexcept { return _mm_srli_epi32(v, N); }
  template <int N>
  HALFTONE_INLINE static bytes signed_right_32(bytes v) noexcept { return _mm_srai_epi32(v, N); }
  HALFTONE_INLINE static bytes pairs_8(bytes unsigned_side, bytes signed_side) noexcept {
    return _mm_maddubs_epi16(unsigned_side, signed_side);
  }
  HALFTONE_INLINE static bytes pairs_16(bytes a, bytes b) noexcept { return _mm_madd_epi16(a, b); }

  HALFTONE_INLINE static floats widen_bf16(const std::uint8_t* at) noexcept {
    const __m128i half = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(at));
    return _mm_castsi128_ps(_mm_slli_epi32(_mm_cvtepu16_epi32(half), 16));
  }
  /// How large a table one step looks up.
  static constexpr std::size_t look_up_entries = 16;
  /// table[byte], for bytes below Size. A shuffle looks at the low four bits; bit 4, or 5, chooses between halves.
  template <std::size_t Size>
  HALFTONE_INLINE static bytes look_up_bytes(const std::uint8_t* table, bytes at) noexcept {
    if constexpr (Size == 16) {
      return _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table)), at);
    } else {
      const bytes low = look_up_bytes<Size / 2>(table, at);
      const bytes high = look_up_bytes<Size / 2>(table + Size / 2, at);
      return _mm_blendv_epi8(low, high, _mm_slli_epi16(at, Size == 32 ? 3 : 2));
    }
  }
  template <bool Signed>
  HALFTONE_INLINE static bytes load_levels(const std::uint8_t* at) noexcept {
    std::int32_t four;
    std::memcpy(&four, at, 4);
    const __m128i v = _mm_cvtsi32_si128(four);
    return Signed ? _mm_cvtepi8_epi32(v) : _mm_cvtepu8_epi32(v);
  }
  template <bool Signed, class Parts>
  HALFTONE_INLINE static __m128i narrow(const Parts& part) noexcept {
    const __m128i low = _mm_packs_epi32(part[0], part[1]);
    const __m128i high = _mm_packs_epi32(part[2], part[3]);
    return Signed ? _mm_packs_epi16(low, high) : _mm_packus_epi16(low, high);
  }
  template <std::size_t Size>
  HALFTONE_INLINE static floats look_up(const float* table, bytes at) noexcept {
    return _mm_setr_ps(table[_mm_cvtsi128_si32(at)], table[_mm_extract_epi32(at, 1)], table[_mm_extract_epi32(at, 2)],
                       table[_mm_extract_epi32(at, 3)]);
  }

 private:
  /// The lower two floats; the product of two floats is exact in double, and the sum is rounded to odd there.
  HALFTONE_INLINE static floats fused_pair(floats a, floats b, floats c) noexcept {
    const __m128d p = _mm_mul_pd(_mm_cvtps_pd(a), _mm_cvtps_pd(b));
    const __m128d d = _mm_cvtps_pd(c);
    const __m128d sum = _mm_add_pd(p, d);
    const __m128d from_p = _mm_sub_pd(sum, d);
    const __m128d rest = _mm_add_pd(_mm_sub_pd(p, from_p), _mm_sub_pd(d, _mm_sub_pd(sum, from_p)));
    const __m128d zero = _mm_setzero_pd();
    const __m128i one = _mm_set1_epi64x(1);
    const __m128i bits = _mm_castpd_si128(sum);
    const __m128i inexact = _mm_castpd_si128(_mm_and_pd(_mm_cmpord_pd(rest, rest), _mm_cmpneq_pd(rest, zero)));
    const __m128i even = _mm_cmpeq_epi64(_mm_and_si128(bits, one), _mm_setzero_si128());
    // Away from zero where the rest has the sign of the sum, toward zero otherwise: +1 or -1 on the bits.
    const __m128i toward = _mm_castpd_si128(_mm_xor_pd(_mm_cmpgt_pd(rest, zero), _mm_cmpgt_pd(sum, zero)));
    const __m128i step = _mm_and_si128(_mm_and_si128(inexact, even), _mm_or_si128(toward, one));
    return _mm_cvtpd_ps(_mm_castsi128_pd(_mm_add_epi64(bits, step)));
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
