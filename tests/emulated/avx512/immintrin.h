// SPDX-License-Identifier: MIT
// The AVX-512 intrinsics that Halftone's leaf uses, in plain loops, so that machines without AVX-512 run its code, too.
// Included before everything else (-include), because it also says that there is AVX-512.
#pragma once

#include_next <immintrin.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

// The compiler knows these names already; ours stand before them.
#define __m512 emulated_m512
#define __m512i emulated_m512i
#define __m512d emulated_m512d
#undef _mm512_add_epi16
#define _mm512_add_epi16 emulated_mm512_add_epi16
#undef _mm512_add_epi32
#define _mm512_add_epi32 emulated_mm512_add_epi32
#undef _mm512_mask_blend_epi8
#define _mm512_mask_blend_epi8 emulated_mm512_mask_blend_epi8
#undef _mm512_test_epi8_mask
#define _mm512_test_epi8_mask emulated_mm512_test_epi8_mask
#undef _mm512_and_si512
#define _mm512_and_si512 emulated_mm512_and_si512
#undef _mm512_castps_si512
#define _mm512_castps_si512 emulated_mm512_castps_si512
#undef _mm512_castsi256_si512
#define _mm512_castsi256_si512 emulated_mm512_castsi256_si512
#undef _mm512_inserti64x4
#define _mm512_inserti64x4 emulated_mm512_inserti64x4
#undef _mm512_cvtps_ph
#define _mm512_cvtps_ph emulated_mm512_cvtps_ph
#undef _mm512_castsi512_si256
#define _mm512_castsi512_si256 emulated_mm512_castsi512_si256
#undef _mm512_extracti64x4_epi64
#define _mm512_extracti64x4_epi64 emulated_mm512_extracti64x4_epi64
#undef _mm512_sqrt_ps
#define _mm512_sqrt_ps emulated_mm512_sqrt_ps
#undef _mm512_shuffle_epi8
#define _mm512_shuffle_epi8 emulated_mm512_shuffle_epi8
#undef _mm512_broadcast_i32x4
#define _mm512_broadcast_i32x4 emulated_mm512_broadcast_i32x4
#undef _mm512_cvtph_ps
#define _mm512_cvtph_ps emulated_mm512_cvtph_ps
#undef _mm512_castsi512_ps
#define _mm512_castsi512_ps emulated_mm512_castsi512_ps
#undef _mm512_cmp_ps_mask
#define _mm512_cmp_ps_mask emulated_mm512_cmp_ps_mask
#undef _mm512_cvtepi32_epi8
#define _mm512_cvtepi32_epi8 emulated_mm512_cvtepi32_epi8
#undef _mm512_cvtepi8_epi32
#define _mm512_cvtepi8_epi32 emulated_mm512_cvtepi8_epi32
#undef _mm512_cvtepu16_epi32
#define _mm512_cvtepu16_epi32 emulated_mm512_cvtepu16_epi32
#undef _mm512_cvtepu8_epi32
#define _mm512_cvtepu8_epi32 emulated_mm512_cvtepu8_epi32
#undef _mm512_cvttps_epi32
#define _mm512_cvttps_epi32 emulated_mm512_cvttps_epi32
#undef _mm512_div_ps
#define _mm512_div_ps emulated_mm512_div_ps
#undef _mm512_dpbusd_epi32
#define _mm512_dpbusd_epi32 emulated_mm512_dpbusd_epi32
#undef _mm512_fmadd_ps
#define _mm512_fmadd_ps emulated_mm512_fmadd_ps
#undef _mm512_i32gather_ps
#define _mm512_i32gather_ps emulated_mm512_i32gather_ps
#undef _mm512_load_si512
#define _mm512_load_si512 emulated_mm512_load_si512
#undef _mm512_loadu_ps
#define _mm512_loadu_ps emulated_mm512_loadu_ps
#undef _mm512_madd_epi16
#define _mm512_madd_epi16 emulated_mm512_madd_epi16
#undef _mm512_maddubs_epi16
#define _mm512_maddubs_epi16 emulated_mm512_maddubs_epi16
#undef _mm512_mask_storeu_ps
#define _mm512_mask_storeu_ps emulated_mm512_mask_storeu_ps
#undef _mm512_maskz_loadu_ps
#define _mm512_maskz_loadu_ps emulated_mm512_maskz_loadu_ps
#undef _mm512_max_ps
#define _mm512_max_ps emulated_mm512_max_ps
#undef _mm512_min_ps
#define _mm512_min_ps emulated_mm512_min_ps
#undef _mm512_or_si512
#define _mm512_or_si512 emulated_mm512_or_si512
#undef _mm512_permutexvar_ps
#define _mm512_permutexvar_ps emulated_mm512_permutexvar_ps
#undef _mm512_reduce_max_ps
#define _mm512_reduce_max_ps emulated_mm512_reduce_max_ps
#undef _mm512_reduce_min_ps
#define _mm512_reduce_min_ps emulated_mm512_reduce_min_ps
#undef _mm512_set1_epi16
#define _mm512_set1_epi16 emulated_mm512_set1_epi16
#undef _mm512_set1_epi32
#define _mm512_set1_epi32 emulated_mm512_set1_epi32
#undef _mm512_set1_epi8
#define _mm512_set1_epi8 emulated_mm512_set1_epi8
#undef _mm512_setzero_ps
#define _mm512_setzero_ps emulated_mm512_setzero_ps
#undef _mm512_setzero_si512
#define _mm512_setzero_si512 emulated_mm512_setzero_si512
#undef _mm512_slli_epi16
#define _mm512_slli_epi16 emulated_mm512_slli_epi16
#undef _mm512_slli_epi32
#define _mm512_slli_epi32 emulated_mm512_slli_epi32
#undef _mm512_srai_epi16
#define _mm512_srai_epi16 emulated_mm512_srai_epi16
#undef _mm512_srai_epi32
#define _mm512_srai_epi32 emulated_mm512_srai_epi32
#undef _mm512_srli_epi16
#define _mm512_srli_epi16 emulated_mm512_srli_epi16
#undef _mm512_srli_epi32
#define _mm512_srli_epi32 emulated_mm512_srli_epi32
#undef _mm512_store_si512
#define _mm512_store_si512 emulated_mm512_store_si512
#undef _mm512_adds_epi16
#define _mm512_adds_epi16 emulated_mm512_adds_epi16
#undef _mm512_castpd_ps
#define _mm512_castpd_ps emulated_mm512_castpd_ps
#undef _mm512_castps_pd
#define _mm512_castps_pd emulated_mm512_castps_pd
#undef _mm512_cvtepi16_epi8
#define _mm512_cvtepi16_epi8 emulated_mm512_cvtepi16_epi8
#undef _mm512_cvtps_epi32
#define _mm512_cvtps_epi32 emulated_mm512_cvtps_epi32
#undef _mm512_extracti32x4_epi32
#define _mm512_extracti32x4_epi32 emulated_mm512_extracti32x4_epi32
#undef _mm512_maskz_mov_ps
#define _mm512_maskz_mov_ps emulated_mm512_maskz_mov_ps
#undef _mm512_max_epi32
#define _mm512_max_epi32 emulated_mm512_max_epi32
#undef _mm512_max_epi8
#define _mm512_max_epi8 emulated_mm512_max_epi8
#undef _mm512_max_epu32
#define _mm512_max_epu32 emulated_mm512_max_epu32
#undef _mm512_max_epu8
#define _mm512_max_epu8 emulated_mm512_max_epu8
#undef _mm512_min_epi8
#define _mm512_min_epi8 emulated_mm512_min_epi8
#undef _mm512_min_epu8
#define _mm512_min_epu8 emulated_mm512_min_epu8
#undef _mm512_packs_epi16
#define _mm512_packs_epi16 emulated_mm512_packs_epi16
#undef _mm512_packs_epi32
#define _mm512_packs_epi32 emulated_mm512_packs_epi32
#undef _mm512_packus_epi16
#define _mm512_packus_epi16 emulated_mm512_packus_epi16
#undef _mm512_permutexvar_epi32
#define _mm512_permutexvar_epi32 emulated_mm512_permutexvar_epi32
#undef _mm512_setr_epi32
#define _mm512_setr_epi32 emulated_mm512_setr_epi32
#undef _mm512_shuffle_f32x4
#define _mm512_shuffle_f32x4 emulated_mm512_shuffle_f32x4
#undef _mm512_storeu_si512
#define _mm512_storeu_si512 emulated_mm512_storeu_si512
#undef _mm512_unpackhi_pd
#define _mm512_unpackhi_pd emulated_mm512_unpackhi_pd
#undef _mm512_unpackhi_ps
#define _mm512_unpackhi_ps emulated_mm512_unpackhi_ps
#undef _mm512_unpacklo_pd
#define _mm512_unpacklo_pd emulated_mm512_unpacklo_pd
#undef _mm512_unpacklo_ps
#define _mm512_unpacklo_ps emulated_mm512_unpacklo_ps

// Registers are arrays here: the empty statements that pin real registers have nothing to hold.
#define asm(...)

struct alignas(64) __m512 {
  float f[16];
};
struct alignas(64) __m512i {
  std::uint8_t b[64];
};
struct alignas(64) __m512d {
  double d[8];
};

namespace emulated {

template <class T>
struct view {
  T v[64 / sizeof(T)];
};
template <class T>
view<T> as(const __m512i& r) {
  view<T> result;
  std::memcpy(result.v, r.b, 64);
  return result;
}
template <class T>
__m512i from(const view<T>& w) {
  __m512i r;
  std::memcpy(r.b, w.v, 64);
  return r;
}
template <class T, class F>
__m512i map(const __m512i& a, F f) {
  view<T> w = as<T>(a);
  for (T& x : w.v) {
    x = static_cast<T>(f(x));
  }
  return from(w);
}
template <class T, class F>
__m512i pairwise(const __m512i& a, const __m512i& b, F f) {
  view<T> x = as<T>(a);
  const view<T> y = as<T>(b);
  for (std::size_t i = 0; i < 64 / sizeof(T); ++i) {
    x.v[i] = static_cast<T>(f(x.v[i], y.v[i]));
  }
  return from(x);
}
template <class T>
T saturated(int x) {
  using limits = std::numeric_limits<T>;
  return static_cast<T>(x > limits::max() ? limits::max() : x < limits::min() ? limits::min() : x);
}
/// Saturated to half the width, those of a and those of b in turn, 128 bits at a time.
template <class Wide, class Narrow>
__m512i packed(const __m512i& a, const __m512i& b) {
  constexpr std::size_t some = 16 / sizeof(Wide);
  const view<Wide> x = as<Wide>(a);
  const view<Wide> y = as<Wide>(b);
  view<Narrow> w;
  for (std::size_t i = 0; i < 64 / sizeof(Wide); ++i) {
    const std::size_t at = i / some * 2 * some + i % some;
    w.v[at] = saturated<Narrow>(x.v[i]);
    w.v[at + some] = saturated<Narrow>(y.v[i]);
  }
  return from(w);
}
template <class F>
__m512 make(F f) {
  __m512 r;
  for (int i = 0; i < 16; ++i) {
    r.f[i] = f(i);
  }
  return r;
}
template <class Wide, class Narrow, class Register>
__m512i widen(const Register& a) {
  view<Wide> w;
  for (std::size_t i = 0; i < 64 / sizeof(Wide); ++i) {
    Narrow n;
    std::memcpy(&n, reinterpret_cast<const char*>(&a) + i * sizeof(Narrow), sizeof n);
    w.v[i] = static_cast<Wide>(n);
  }
  return from(w);
}

}  // namespace emulated

inline __m512i _mm512_setzero_si512() { return {}; }
inline __m512i _mm512_load_si512(const void* p) {
  __m512i r;
  std::memcpy(r.b, p, 64);
  return r;
}
inline void _mm512_store_si512(void* p, __m512i a) { std::memcpy(p, a.b, 64); }
inline __m512 _mm512_loadu_ps(const void* p) {
  __m512 r;
  std::memcpy(r.f, p, 64);
  return r;
}
inline __m512 _mm512_cvtph_ps(__m256i a) {
  __m512 r;
  _mm256_storeu_ps(r.f, _mm256_cvtph_ps(_mm256_castsi256_si128(a)));
  _mm256_storeu_ps(r.f + 8, _mm256_cvtph_ps(_mm256_extracti128_si256(a, 1)));
  return r;
}
inline __m512 _mm512_maskz_loadu_ps(__mmask16 mask, const void* p) {
  __m512 r = {};
  for (int i = 0; i < 16; ++i) {
    if (mask >> i & 1) {
      std::memcpy(&r.f[i], static_cast<const char*>(p) + 4 * i, 4);
    }
  }
  return r;
}
inline void _mm512_mask_storeu_ps(void* p, __mmask16 mask, __m512 a) {
  for (int i = 0; i < 16; ++i) {
    if (mask >> i & 1) {
      std::memcpy(static_cast<char*>(p) + 4 * i, &a.f[i], 4);
    }
  }
}
inline __m512i _mm512_set1_epi32(int x) {
  return emulated::map<std::int32_t>({}, [x](std::int32_t) { return x; });
}
inline __m512i _mm512_set1_epi8(char x) {
  return emulated::map<std::uint8_t>({}, [x](std::uint8_t) { return static_cast<std::uint8_t>(x); });
}
inline __m512i _mm512_and_si512(__m512i a, __m512i b) {
  for (int i = 0; i < 64; ++i) {
    a.b[i] = static_cast<std::uint8_t>(a.b[i] & b.b[i]);
  }
  return a;
}
inline __m512i _mm512_or_si512(__m512i a, __m512i b) {
  for (int i = 0; i < 64; ++i) {
    a.b[i] = static_cast<std::uint8_t>(a.b[i] | b.b[i]);
  }
  return a;
}
inline __m512i _mm512_add_epi32(__m512i a, __m512i b) {
  auto x = emulated::as<std::uint32_t>(a);
  const auto y = emulated::as<std::uint32_t>(b);
  for (int i = 0; i < 16; ++i) {
    x.v[i] += y.v[i];
  }
  return emulated::from(x);
}
inline __m512i _mm512_set1_epi16(short x) {
  return emulated::map<std::int16_t>({}, [x](std::int16_t) { return x; });
}
inline __m512i _mm512_add_epi16(__m512i a, __m512i b) {
  auto x = emulated::as<std::uint16_t>(a);
  const auto y = emulated::as<std::uint16_t>(b);
  for (int i = 0; i < 32; ++i) {
    x.v[i] = static_cast<std::uint16_t>(x.v[i] + y.v[i]);
  }
  return emulated::from(x);
}
/// Sums of two products of unsigned bytes of a and signed bytes of b, saturated to int16.
inline __m512i _mm512_maddubs_epi16(__m512i a, __m512i b) {
  emulated::view<std::int16_t> w;
  for (int i = 0; i < 32; ++i) {
    const int sum = a.b[2 * i] * static_cast<std::int8_t>(b.b[2 * i]) + a.b[2 * i + 1] * static_cast<std::int8_t>(b.b[2 * i + 1]);
    w.v[i] = static_cast<std::int16_t>(sum > 32767 ? 32767 : sum < -32768 ? -32768 : sum);
  }
  return emulated::from(w);
}
/// Sums of two products of int16, modulo 2^32.
inline __m512i _mm512_madd_epi16(__m512i a, __m512i b) {
  const auto x = emulated::as<std::int16_t>(a);
  const auto y = emulated::as<std::int16_t>(b);
  emulated::view<std::uint32_t> w;
  for (int i = 0; i < 16; ++i) {
    w.v[i] = static_cast<std::uint32_t>(x.v[2 * i] * y.v[2 * i]) + static_cast<std::uint32_t>(x.v[2 * i + 1] * y.v[2 * i + 1]);
  }
  return emulated::from(w);
}
inline __m512i _mm512_srai_epi16(__m512i a, int n) {
  return emulated::map<std::int16_t>(a, [n](std::int16_t x) { return x >> n; });
}
inline __m512i _mm512_broadcast_i32x4(__m128i a) {
  __m512i r;
  for (int i = 0; i < 4; ++i) {
    std::memcpy(r.b + 16 * i, &a, 16);
  }
  return r;
}
/// Bytes of a, each within its 128 bits; 0 where the top bit of the index is set.
inline __m512i _mm512_shuffle_epi8(__m512i a, __m512i at) {
  __m512i r;
  for (int i = 0; i < 64; ++i) {
    r.b[i] = (at.b[i] & 0x80) != 0 ? std::uint8_t{0} : a.b[i / 16 * 16 + (at.b[i] & 15)];
  }
  return r;
}
inline __mmask64 _mm512_test_epi8_mask(__m512i a, __m512i b) {
  __mmask64 mask = 0;
  for (int i = 0; i < 64; ++i) {
    mask |= static_cast<__mmask64>((a.b[i] & b.b[i]) != 0) << i;
  }
  return mask;
}
/// Bytes of b where the mask is set, else of a.
inline __m512i _mm512_mask_blend_epi8(__mmask64 mask, __m512i a, __m512i b) {
  for (int i = 0; i < 64; ++i) {
    a.b[i] = (mask >> i & 1) != 0 ? b.b[i] : a.b[i];
  }
  return a;
}
inline __m512i _mm512_srli_epi16(__m512i a, int n) {
  return emulated::map<std::uint16_t>(a, [n](std::uint16_t x) { return x >> n; });
}
inline __m512i _mm512_slli_epi16(__m512i a, int n) {
  return emulated::map<std::uint16_t>(a, [n](std::uint16_t x) { return x << n; });
}
inline __m512i _mm512_slli_epi32(__m512i a, int n) {
  return emulated::map<std::uint32_t>(a, [n](std::uint32_t x) { return x << n; });
}
inline __m512i _mm512_srli_epi32(__m512i a, int n) {
  return emulated::map<std::uint32_t>(a, [n](std::uint32_t x) { return x >> n; });
}
inline __m512i _mm512_srai_epi32(__m512i a, int n) {
  return emulated::map<std::int32_t>(a, [n](std::int32_t x) { return x >> n; });
}
/// Adds four products of unsigned bytes of a and signed bytes of b to each int32, without saturation.
inline __m512i _mm512_dpbusd_epi32(__m512i sum, __m512i a, __m512i b) {
  auto total = emulated::as<std::uint32_t>(sum);
  for (int i = 0; i < 64; ++i) {
    total.v[i / 4] += static_cast<std::uint32_t>(int{a.b[i]} * static_cast<std::int8_t>(b.b[i]));
  }
  return emulated::from(total);
}
inline __m512i _mm512_cvtepi8_epi32(__m128i a) { return emulated::widen<std::int32_t, std::int8_t>(a); }
inline __m512i _mm512_cvtepu8_epi32(__m128i a) { return emulated::widen<std::int32_t, std::uint8_t>(a); }
inline __m512i _mm512_cvtepu16_epi32(__m256i a) { return emulated::widen<std::int32_t, std::uint16_t>(a); }
inline __m128i _mm512_cvtepi32_epi8(__m512i a) {
  alignas(16) std::uint8_t low[16];
  for (int i = 0; i < 16; ++i) {
    low[i] = a.b[4 * i];
  }
  return _mm_load_si128(reinterpret_cast<const __m128i*>(low));
}
/// Toward zero; what does not fit becomes the most negative integer.
inline __m512i _mm512_cvttps_epi32(__m512 a) {
  emulated::view<std::int32_t> w;
  for (int i = 0; i < 16; ++i) {
    w.v[i] = std::fabs(a.f[i]) < 2147483648.0f ? static_cast<std::int32_t>(a.f[i]) : INT32_MIN;
  }
  return emulated::from(w);
}
inline __m512i _mm512_castps_si512(__m512 a) {
  __m512i r;
  std::memcpy(r.b, a.f, 64);
  return r;
}
inline __m512i _mm512_castsi256_si512(__m256i a) {
  __m512i r{};
  std::memcpy(r.b, &a, 32);
  return r;
}
inline __m512i _mm512_inserti64x4(__m512i a, __m256i b, int half) {
  std::memcpy(a.b + 32 * half, &b, 32);
  return a;
}
inline __m512 _mm512_castsi512_ps(__m512i a) {
  __m512 r;
  std::memcpy(r.f, a.b, 64);
  return r;
}
inline __m512 _mm512_fmadd_ps(__m512 a, __m512 b, __m512 c) {
  return emulated::make([&](int i) { return std::fmaf(a.f[i], b.f[i], c.f[i]); });
}
inline __m512 _mm512_div_ps(__m512 a, __m512 b) {
  return emulated::make([&](int i) { return a.f[i] / b.f[i]; });
}
inline __m512 _mm512_sqrt_ps(__m512 a) {
  __m512 r;
  _mm256_storeu_ps(r.f, _mm256_sqrt_ps(_mm256_loadu_ps(a.f)));
  _mm256_storeu_ps(r.f + 8, _mm256_sqrt_ps(_mm256_loadu_ps(a.f + 8)));
  return r;
}
inline __m256i emulated_halves(__m512 a) {
  const __m128i low = _mm256_cvtps_ph(_mm256_loadu_ps(a.f), _MM_FROUND_TO_NEAREST_INT);
  const __m128i high = _mm256_cvtps_ph(_mm256_loadu_ps(a.f + 8), _MM_FROUND_TO_NEAREST_INT);
  return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
}
inline __m256i _mm512_cvtps_ph(__m512 a, int) { return emulated_halves(a); }
inline __m256i _mm512_castsi512_si256(__m512i a) {
  __m256i r;
  std::memcpy(&r, a.b, 32);
  return r;
}
inline __m256i _mm512_extracti64x4_epi64(__m512i a, int half) {
  __m256i r;
  std::memcpy(&r, a.b + 32 * half, 32);
  return r;
}
inline float _mm512_reduce_min_ps(__m512 a) {
  float low = a.f[0];
  for (const float x : a.f) {
    low = x < low ? x : low;
  }
  return low;
}
inline float _mm512_reduce_max_ps(__m512 a) {
  float high = a.f[0];
  for (const float x : a.f) {
    high = x > high ? x : high;
  }
  return high;
}
inline __m512 _mm512_setzero_ps() { return {}; }
/// Halftone asks for two predicates only: not equal, or not a number; and neither is not a number.
inline __mmask16 _mm512_cmp_ps_mask(__m512 a, __m512 b, int predicate) {
  unsigned mask = 0;
  for (int i = 0; i < 16; ++i) {
    const bool ordered = a.f[i] == a.f[i] && b.f[i] == b.f[i];
    mask |= ((predicate == _CMP_ORD_Q ? ordered : a.f[i] != b.f[i]) ? 1u : 0u) << i;
  }
  return static_cast<__mmask16>(mask);
}
inline __m512 _mm512_min_ps(__m512 a, __m512 b) {
  return emulated::make([&](int i) { return a.f[i] < b.f[i] ? a.f[i] : b.f[i]; });
}
inline __m512 _mm512_max_ps(__m512 a, __m512 b) {
  return emulated::make([&](int i) { return a.f[i] > b.f[i] ? a.f[i] : b.f[i]; });
}
inline __m512 _mm512_permutexvar_ps(__m512i at, __m512 table) {
  return emulated::make([&](int i) { return table.f[at.b[4 * i] & 15]; });
}
inline __m512 _mm512_i32gather_ps(__m512i at, const void* table, int scale) {
  const auto index = emulated::as<std::int32_t>(at);
  return emulated::make([&](int i) {
    float x;
    std::memcpy(&x, static_cast<const char*>(table) + std::int64_t{index.v[i]} * scale, 4);
    return x;
  });
}

inline void _mm512_storeu_si512(void* p, __m512i a) { std::memcpy(p, a.b, 64); }
inline __m512 _mm512_maskz_mov_ps(__mmask16 mask, __m512 a) {
  return emulated::make([&](int i) { return (mask >> i & 1) != 0 ? a.f[i] : 0.0f; });
}
/// Nearest, ties to even; what does not fit becomes the most negative integer.
inline __m512i _mm512_cvtps_epi32(__m512 a) {
  emulated::view<std::int32_t> w;
  for (int i = 0; i < 16; ++i) {
    const float nearest = std::nearbyintf(a.f[i]);
    w.v[i] = nearest >= -2147483648.0f && nearest < 2147483648.0f ? static_cast<std::int32_t>(nearest) : INT32_MIN;
  }
  return emulated::from(w);
}
inline __m512i _mm512_adds_epi16(__m512i a, __m512i b) {
  return emulated::pairwise<std::int16_t>(a, b, [](int x, int y) { return emulated::saturated<std::int16_t>(x + y); });
}
inline __m512i _mm512_max_epi32(__m512i a, __m512i b) {
  return emulated::pairwise<std::int32_t>(a, b, [](std::int32_t x, std::int32_t y) { return x > y ? x : y; });
}
inline __m512i _mm512_max_epu32(__m512i a, __m512i b) {
  return emulated::pairwise<std::uint32_t>(a, b, [](std::uint32_t x, std::uint32_t y) { return x > y ? x : y; });
}
inline __m512i _mm512_max_epi8(__m512i a, __m512i b) {
  return emulated::pairwise<std::int8_t>(a, b, [](int x, int y) { return x > y ? x : y; });
}
inline __m512i _mm512_max_epu8(__m512i a, __m512i b) {
  return emulated::pairwise<std::uint8_t>(a, b, [](int x, int y) { return x > y ? x : y; });
}
inline __m512i _mm512_min_epi8(__m512i a, __m512i b) {
  return emulated::pairwise<std::int8_t>(a, b, [](int x, int y) { return x < y ? x : y; });
}
inline __m512i _mm512_min_epu8(__m512i a, __m512i b) {
  return emulated::pairwise<std::uint8_t>(a, b, [](int x, int y) { return x < y ? x : y; });
}
inline __m512i _mm512_packs_epi32(__m512i a, __m512i b) { return emulated::packed<std::int32_t, std::int16_t>(a, b); }
inline __m512i _mm512_packs_epi16(__m512i a, __m512i b) { return emulated::packed<std::int16_t, std::int8_t>(a, b); }
inline __m512i _mm512_packus_epi16(__m512i a, __m512i b) { return emulated::packed<std::int16_t, std::uint8_t>(a, b); }
inline __m256i _mm512_cvtepi16_epi8(__m512i a) {
  alignas(32) std::uint8_t low[32];
  for (int i = 0; i < 32; ++i) {
    low[i] = a.b[2 * i];
  }
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(low));
}
inline __m128i _mm512_extracti32x4_epi32(__m512i a, int quarter) {
  return _mm_load_si128(reinterpret_cast<const __m128i*>(a.b + 16 * quarter));
}
inline __m512i _mm512_permutexvar_epi32(__m512i at, __m512i a) {
  const auto index = emulated::as<std::uint32_t>(at);
  const auto from = emulated::as<std::uint32_t>(a);
  emulated::view<std::uint32_t> w;
  for (int i = 0; i < 16; ++i) {
    w.v[i] = from.v[index.v[i] % 16];
  }
  return emulated::from(w);
}
template <class... Lane>
inline __m512i _mm512_setr_epi32(Lane... lane) {
  static_assert(sizeof...(Lane) == 16);
  return emulated::from(emulated::view<std::int32_t>{{lane...}});
}
inline __m512d _mm512_castps_pd(__m512 a) {
  __m512d r;
  std::memcpy(r.d, a.f, 64);
  return r;
}
inline __m512 _mm512_castpd_ps(__m512d a) {
  __m512 r;
  std::memcpy(r.f, a.d, 64);
  return r;
}
/// Within 128 bits: the lower or the upper two of a and of b, in turn.
inline __m512 _mm512_unpacklo_ps(__m512 a, __m512 b) {
  return emulated::make([&](int i) { return (i % 2 == 0 ? a : b).f[i / 4 * 4 + i % 4 / 2]; });
}
inline __m512 _mm512_unpackhi_ps(__m512 a, __m512 b) {
  return emulated::make([&](int i) { return (i % 2 == 0 ? a : b).f[i / 4 * 4 + 2 + i % 4 / 2]; });
}
inline __m512d _mm512_unpacklo_pd(__m512d a, __m512d b) {
  for (int i = 0; i < 8; i += 2) {
    a.d[i + 1] = b.d[i];
  }
  return a;
}
inline __m512d _mm512_unpackhi_pd(__m512d a, __m512d b) {
  for (int i = 0; i < 8; i += 2) {
    a.d[i] = a.d[i + 1];
    a.d[i + 1] = b.d[i + 1];
  }
  return a;
}
/// Two quarters of a, then two of b, chosen by two bits each.
inline __m512 _mm512_shuffle_f32x4(__m512 a, __m512 b, int quarters) {
  return emulated::make([&](int i) { return (i < 8 ? a : b).f[(quarters >> (i / 4 * 2) & 3) * 4 + i % 4]; });
}

// Only now: the compiler's header would look for its own instructions.
#define __AVX512F__ 1
#define __AVX512CD__ 1
#define __AVX512BW__ 1
#define __AVX512DQ__ 1
#define __AVX512VL__ 1
#if defined(EMULATED_AVX512_VNNI)
#define __AVX512VNNI__ 1
#endif
