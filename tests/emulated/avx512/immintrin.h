// SPDX-License-Identifier: MIT
// The AVX-512 intrinsics that Halftone's leaf uses, in plain loops, so that machines without AVX-512 run its code, too.
// Included before everything else (-include), because it also says that there is AVX-512.
#pragma once

#include_next <immintrin.h>

#include <cmath>
#include <cstdint>
#include <cstring>

// The compiler knows these names already; ours stand before them.
#define __m512 emulated_m512
#define __m512i emulated_m512i
#undef _mm512_add_epi16
#define _mm512_add_epi16 emulated_mm512_add_epi16
#undef _mm512_add_epi32
#define _mm512_add_epi32 emulated_mm512_add_epi32
#undef _mm512_and_si512
#define _mm512_and_si512 emulated_mm512_and_si512
#undef _mm512_castps_si512
#define _mm512_castps_si512 emulated_mm512_castps_si512
#undef _mm512_castsi256_si512
#define _mm512_castsi256_si512 emulated_mm512_castsi256_si512
#undef _mm512_inserti64x4
#define _mm512_inserti64x4 emulated_mm512_inserti64x4
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


// Registers are arrays here: the empty statements that pin real registers have nothing to hold.
#define asm(...)

struct alignas(64) __m512 {
  float f[16];
};
struct alignas(64) __m512i {
  std::uint8_t b[64];
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
/// Halftone asks for one predicate only: not equal, or not a number.
inline __mmask16 _mm512_cmp_ps_mask(__m512 a, __m512 b, int) {
  unsigned mask = 0;
  for (int i = 0; i < 16; ++i) {
    mask |= (a.f[i] == b.f[i] ? 0u : 1u) << i;
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

// Only now: the compiler's header would look for its own instructions.
#define __AVX512F__ 1
#define __AVX512CD__ 1
#define __AVX512BW__ 1
#define __AVX512DQ__ 1
#define __AVX512VL__ 1
#if defined(EMULATED_AVX512_VNNI)
#define __AVX512VNNI__ 1
#endif
