// SPDX-License-Identifier: MIT
// Halftone: AVX-512 with VNNI: byte lines and exact dot products.
//
// Required flags: -mavx512f -mavx512cd -mavx512bw -mavx512dq -mavx512vl -mavx512vnni. A line is one register. vpdpbusd multiplies
// unsigned by signed bytes without saturation: codes of up to 7 bits are the unsigned side; for signed codes of 8 bits the
// activations are, prepared with 128 added to int8 levels.
#pragma once

#include <halftone/simd/columns_xsimd.hpp>

#include <cstring>
#include <immintrin.h>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

template <>
struct native<avx512_vnni> {
  using xsimd_arch = xsimd::avx512bw;

  HALFTONE_INLINE static void opaque(__m512& value) noexcept { asm("" : "+v"(value)); }
  HALFTONE_INLINE static void opaque(__m512i& value) noexcept { asm("" : "+v"(value)); }
  [[nodiscard]] HALFTONE_INLINE static __m512 minimum(__m512 a, __m512 b) noexcept { return _mm512_min_ps(a, b); }
  [[nodiscard]] HALFTONE_INLINE static __m512 maximum(__m512 a, __m512 b) noexcept { return _mm512_max_ps(a, b); }
  [[nodiscard]] HALFTONE_INLINE static __m512 power_of_two(__m512 n) noexcept {
    const __m512i biased = _mm512_add_epi32(_mm512_cvttps_epi32(n), _mm512_set1_epi32(127));
    return _mm512_castsi512_ps(_mm512_slli_epi32(biased, 23));
  }
};

/// Sixty-four bytes of packed weights.
template <class Arch>
struct byte_line;

template <>
struct byte_line<avx512_vnni> {
  __m512i value;

  [[nodiscard]] HALFTONE_INLINE static byte_line load(const std::uint8_t* bytes) noexcept {
    return {_mm512_load_si512(bytes)};
  }
  HALFTONE_INLINE void store(std::uint8_t* bytes) const noexcept { _mm512_store_si512(bytes, value); }
  /// Makes the compiler forget what it knows of the line.
  HALFTONE_INLINE void opaque() noexcept {
    native<avx512_vnni>::opaque(value);
  }
  /// Shifts to the right by Shift bits (to the left if negative) and keeps the bits of Mask in each byte.
  template <int Shift, unsigned Mask>
  [[nodiscard]] HALFTONE_INLINE byte_line shifted() const noexcept {
    __m512i v = value;
    if constexpr (Shift > 0) {
      v = _mm512_srli_epi16(v, Shift);
    } else if constexpr (Shift < 0) {
      v = _mm512_slli_epi16(v, -Shift);
    }
    if constexpr (Mask != 0xff) {
      v = _mm512_and_si512(v, _mm512_set1_epi8(static_cast<char>(Mask)));
    }
    return {v};
  }
  [[nodiscard]] HALFTONE_INLINE friend byte_line operator|(byte_line a, byte_line b) noexcept {
    return {_mm512_or_si512(a.value, b.value)};
  }
  /// Byte K of every column, as a level: sign-extended or not.
  template <int K, bool Signed>
  [[nodiscard]] HALFTONE_INLINE int_columns<avx512_vnni> levels() const noexcept {
    int_columns<avx512_vnni> result;
    __m512i v = _mm512_slli_epi32(value, 24 - 8 * K);
    v = Signed ? _mm512_srai_epi32(v, 24) : _mm512_srli_epi32(v, 24);
    result.part[0] = v;
    return result;
  }
};

/// table[index] for a table of `Size` floats, Size a power of two up to 256.
template <std::size_t Size>
[[nodiscard]] HALFTONE_INLINE float_columns<avx512_vnni> look_up(const float* table,
                                                                 int_columns<avx512_vnni> index) noexcept {
  float_columns<avx512_vnni> result;
  const __m512i at = index.part[0];
  if constexpr (Size == 16) {
    result.part[0] = _mm512_permutexvar_ps(at, _mm512_loadu_ps(table));
  } else {
    result.part[0] = _mm512_i32gather_ps(at, table, 4);
  }
  return result;
}

/// Sixteen bf16 numbers as floats.
template <class Arch>
[[nodiscard]] float_columns<Arch> widen_bf16(const std::uint8_t* values) noexcept;

template <>
[[nodiscard]] HALFTONE_INLINE float_columns<avx512_vnni> widen_bf16<avx512_vnni>(const std::uint8_t* values) noexcept {
  float_columns<avx512_vnni> result;
  const __m256i half = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(values));
  result.part[0] = _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
  return result;
}

/// Stores the low byte of each column, converted to an integer; columns hold integers of at most 2^22 in magnitude.
HALFTONE_INLINE void store_levels(const float_columns<avx512_vnni>& v, std::uint8_t* out) noexcept {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm512_cvtepi32_epi8(_mm512_cvttps_epi32(v.part[0])));
}

/// Sixteen bytes as levels: sign-extended or not.
template <class Arch, bool Signed>
[[nodiscard]] HALFTONE_INLINE int_columns<Arch> load_levels(const std::uint8_t* bytes) noexcept
  requires std::is_same_v<Arch, avx512_vnni>
{
  const __m128i sixteen = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  int_columns<avx512_vnni> result;
  result.part[0] = Signed ? _mm512_cvtepi8_epi32(sixteen) : _mm512_cvtepu8_epi32(sixteen);
  return result;
}

/// Exact products of a weight line with a quad of activations.
template <class Arch, unsigned Bits>
struct dot;

template <unsigned Bits>
struct dot<avx512_vnni, Bits> {
  static constexpr activation_format format =
      Bits == 8 ? activation_format::unsigned_bytes : activation_format::signed_bytes;
  static constexpr std::size_t quads_per_sum = std::size_t{1} << 30;

  struct sum {
    __m512i value;
  };
  [[nodiscard]] HALFTONE_INLINE static sum zero() noexcept { return {_mm512_setzero_si512()}; }
  struct quad {
    __m512i value;
  };
  static constexpr std::size_t steps = 1;
  template <std::size_t Step>
  [[nodiscard]] HALFTONE_INLINE static quad broadcast(const std::uint8_t* activations) noexcept {
    std::int32_t four;
    std::memcpy(&four, activations, 4);
    return {_mm512_set1_epi32(four)};
  }
  /// A line as the products want it; shared by all rows of a tile.
  using weights = byte_line<avx512_vnni>;
  template <std::size_t Step>
  [[nodiscard]] HALFTONE_INLINE static const weights& prepared(const byte_line<avx512_vnni>& line) noexcept { return line; }
  HALFTONE_INLINE static void add(sum& s, const weights& w, const quad& a) noexcept {
    if constexpr (Bits == 8) {
      s.value = _mm512_dpbusd_epi32(s.value, a.value, w.value);
    } else {
      s.value = _mm512_dpbusd_epi32(s.value, w.value, a.value);
    }
  }
  /// Makes the compiler forget what it knows of a quad (for measuring the roof).
  HALFTONE_INLINE static void opaque(quad& q) noexcept {
    native<avx512_vnni>::opaque(q.value);
  }
  HALFTONE_INLINE static void pin(sum& s) noexcept { native<avx512_vnni>::opaque(s.value); }
  [[nodiscard]] HALFTONE_INLINE static int_columns<avx512_vnni> widened(const sum& s) noexcept {
    int_columns<avx512_vnni> result;
    result.part[0] = s.value;
    return result;
  }
};

/// Tiles: rows of activations times panels of 16 columns.
template <>
struct tile_shape<avx512_vnni> {
  static constexpr std::size_t integer_rows = 6;
  static constexpr std::size_t integer_panels = 4;
  static constexpr std::size_t row_panels = 4;
  static constexpr std::size_t float_rows = 6;
  static constexpr std::size_t float_panels = 2;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
