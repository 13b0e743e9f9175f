// SPDX-License-Identifier: MIT
// Halftone: AVX2 and FMA: byte lines and exact dot products.
//
// Required flags: -mavx2 -mfma. A line is 64 bytes, [16 columns][4 k]: two registers.
//
//   codes of up to 7 bits (unsigned)   vpmaddubsw: 127 * -128 * 2 fits 16 bits, and 32767 / (largest code * 256) sums of
//                                      it fit before they are widened by vpmaddwd
//   codes of 8 bits (signed)           both sides widened to 16 bits, vpmaddwd: any int8 or uint8 is exact
#pragma once

#include <halftone/simd/columns_xsimd.hpp>

#include <cstring>
#include <immintrin.h>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

template <>
struct native<avx2> {
  using xsimd_arch = xsimd::fma3<xsimd::avx2>;

  HALFTONE_INLINE static void opaque(__m256& value) noexcept { asm("" : "+x"(value)); }
  HALFTONE_INLINE static void opaque(__m256i& value) noexcept { asm("" : "+x"(value)); }
  [[nodiscard]] HALFTONE_INLINE static __m256 minimum(__m256 a, __m256 b) noexcept { return _mm256_min_ps(a, b); }
  [[nodiscard]] HALFTONE_INLINE static __m256 maximum(__m256 a, __m256 b) noexcept { return _mm256_max_ps(a, b); }
  [[nodiscard]] HALFTONE_INLINE static __m256 power_of_two(__m256 n) noexcept {
    const __m256i biased = _mm256_add_epi32(_mm256_cvttps_epi32(n), _mm256_set1_epi32(127));
    return _mm256_castsi256_ps(_mm256_slli_epi32(biased, 23));
  }
};

/// Sixty-four bytes of packed weights.
template <class Arch>
struct byte_line;

template <>
struct byte_line<avx2> {
  __m256i part[2];

  [[nodiscard]] HALFTONE_INLINE static byte_line load(const std::uint8_t* bytes) noexcept {
    return {{_mm256_load_si256(reinterpret_cast<const __m256i*>(bytes)),
             _mm256_load_si256(reinterpret_cast<const __m256i*>(bytes + 32))}};
  }
  HALFTONE_INLINE void store(std::uint8_t* bytes) const noexcept {
    _mm256_store_si256(reinterpret_cast<__m256i*>(bytes), part[0]);
    _mm256_store_si256(reinterpret_cast<__m256i*>(bytes + 32), part[1]);
  }
  /// Makes the compiler forget what it knows of the line.
  HALFTONE_INLINE void opaque() noexcept {
    native<avx2>::opaque(part[0]);
    native<avx2>::opaque(part[1]);
  }
  /// Shifts to the right by Shift bits (to the left if negative) and keeps the bits of Mask in each byte.
  template <int Shift, unsigned Mask>
  [[nodiscard]] HALFTONE_INLINE byte_line shifted() const noexcept {
    return {{shifted_part<Shift, Mask>(part[0]), shifted_part<Shift, Mask>(part[1])}};
  }
  template <int Shift, unsigned Mask>
  [[nodiscard]] HALFTONE_INLINE static __m256i shifted_part(__m256i p) noexcept {
    if constexpr (Shift > 0) {
      p = _mm256_srli_epi16(p, Shift);
    } else if constexpr (Shift < 0) {
      p = _mm256_slli_epi16(p, -Shift);
    }
    if constexpr (Mask != 0xff) {
      p = _mm256_and_si256(p, _mm256_set1_epi8(static_cast<char>(Mask)));
    }
    return p;
  }
  [[nodiscard]] HALFTONE_INLINE friend byte_line operator|(byte_line a, byte_line b) noexcept {
    return {{_mm256_or_si256(a.part[0], b.part[0]), _mm256_or_si256(a.part[1], b.part[1])}};
  }
  /// Byte K of every column, as a level: sign-extended or not.
  template <int K, bool Signed>
  [[nodiscard]] HALFTONE_INLINE int_columns<avx2> levels() const noexcept {
    int_columns<avx2> result;
    for (int i = 0; i < 2; ++i) {
      __m256i v = _mm256_slli_epi32(part[i], 24 - 8 * K);
      v = Signed ? _mm256_srai_epi32(v, 24) : _mm256_srli_epi32(v, 24);
      result.part[i] = v;
    }
    return result;
  }
};

/// table[index] for a table of `Size` floats, Size a power of two up to 256.
template <std::size_t Size>
[[nodiscard]] HALFTONE_INLINE float_columns<avx2> look_up(const float* table, int_columns<avx2> index) noexcept {
  float_columns<avx2> result;
  for (int i = 0; i < 2; ++i) {
    const __m256i at = index.part[i];
    if constexpr (Size == 16) {
      const __m256 low = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), at);
      const __m256 high = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table + 8), at);
      result.part[i] = _mm256_blendv_ps(low, high, _mm256_castsi256_ps(_mm256_slli_epi32(at, 28)));
    } else if constexpr (Size == 8) {
      result.part[i] = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), at);
    } else {
      result.part[i] = _mm256_i32gather_ps(table, at, 4);
    }
  }
  return result;
}

/// Sixteen bf16 numbers as floats.
template <class Arch>
[[nodiscard]] float_columns<Arch> widen_bf16(const std::uint8_t* values) noexcept;

template <>
[[nodiscard]] HALFTONE_INLINE float_columns<avx2> widen_bf16<avx2>(const std::uint8_t* values) noexcept {
  float_columns<avx2> result;
  for (int i = 0; i < 2; ++i) {
    const __m128i half = _mm_loadu_si128(reinterpret_cast<const __m128i*>(values + 16 * i));
    result.part[i] = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(half), 16));
  }
  return result;
}

/// Stores the low byte of each column, converted to an integer; columns hold integers of at most 2^22 in magnitude.
HALFTONE_INLINE void store_levels(const float_columns<avx2>& v, std::uint8_t* out) noexcept {
  const __m256i mask = _mm256_set1_epi32(0xff);
  const __m256i a = _mm256_and_si256(_mm256_cvttps_epi32(v.part[0]), mask);
  const __m256i b = _mm256_and_si256(_mm256_cvttps_epi32(v.part[1]), mask);
  const __m256i words = _mm256_permute4x64_epi64(_mm256_packus_epi32(a, b), 0xd8);
  const __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
}

/// Sixteen bytes as levels: sign-extended or not.
template <class Arch, bool Signed>
[[nodiscard]] HALFTONE_INLINE int_columns<Arch> load_levels(const std::uint8_t* bytes) noexcept
  requires std::is_same_v<Arch, avx2>
{
  int_columns<avx2> result;
  for (int i = 0; i < 2; ++i) {
    const __m128i eight = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes + 8 * i));
    result.part[i] = Signed ? _mm256_cvtepi8_epi32(eight) : _mm256_cvtepu8_epi32(eight);
  }
  return result;
}

/// Exact products of a weight line with a quad of activations.
template <class Arch, unsigned Bits>
struct dot;

/// Unsigned codes of up to 7 bits times int8 activations (4 bytes a quad).
template <unsigned Bits>
  requires(Bits <= 7)
struct dot<avx2, Bits> {
  static constexpr activation_format format = activation_format::signed_bytes;
  /// How many quads may be added before `widened`.
  static constexpr std::size_t quads_per_sum = 32767 / (((1u << Bits) - 1) * 256);

  struct sum {
    __m256i part[2];
  };
  [[nodiscard]] HALFTONE_INLINE static sum zero() noexcept {
    return {{_mm256_setzero_si256(), _mm256_setzero_si256()}};
  }
  struct quad {
    __m256i value;
  };
  static constexpr std::size_t steps = 1;
  template <std::size_t Step>
  [[nodiscard]] HALFTONE_INLINE static quad broadcast(const std::uint8_t* activations) noexcept {
    std::int32_t four;
    std::memcpy(&four, activations, 4);
    return {_mm256_set1_epi32(four)};
  }
  /// A line as the products want it; shared by all rows of a tile.
  using weights = byte_line<avx2>;
  template <std::size_t Step>
  [[nodiscard]] HALFTONE_INLINE static weights prepared(const byte_line<avx2>& line) noexcept { return line; }
  HALFTONE_INLINE static void add(sum& s, const weights& w, const quad& a) noexcept {
    s.part[0] = _mm256_add_epi16(s.part[0], _mm256_maddubs_epi16(w.part[0], a.value));
    s.part[1] = _mm256_add_epi16(s.part[1], _mm256_maddubs_epi16(w.part[1], a.value));
  }
  /// Makes the compiler forget what it knows of a quad (for measuring the roof).
  HALFTONE_INLINE static void opaque(quad& q) noexcept {
    native<avx2>::opaque(q.value);
  }
  HALFTONE_INLINE static void pin(sum& s) noexcept {
    native<avx2>::opaque(s.part[0]);
    native<avx2>::opaque(s.part[1]);
  }
  [[nodiscard]] HALFTONE_INLINE static int_columns<avx2> widened(const sum& s) noexcept {
    const __m256i ones = _mm256_set1_epi16(1);
    return {{_mm256_madd_epi16(s.part[0], ones), _mm256_madd_epi16(s.part[1], ones)}};
  }
};

/// Signed codes of 8 bits times any 8-bit activations, prepared as int16: (a0, a2, a1, a3).
template <>
struct dot<avx2, 8> {
  static constexpr activation_format format = activation_format::wide;
  static constexpr std::size_t quads_per_sum = std::size_t{1} << 30;

  struct sum {
    __m256i part[2];
  };
  [[nodiscard]] HALFTONE_INLINE static sum zero() noexcept {
    return {{_mm256_setzero_si256(), _mm256_setzero_si256()}};
  }
  struct quad {
    __m256i value;
  };
  /// Step 0 takes k 0 and 2 of the quad, step 1 takes k 1 and 3: two steps keep fewer registers alive than one.
  static constexpr std::size_t steps = 2;
  template <std::size_t Step>
  [[nodiscard]] HALFTONE_INLINE static quad broadcast(const std::uint8_t* activations) noexcept {
    std::int32_t pair;
    std::memcpy(&pair, activations + 4 * Step, 4);
    return {_mm256_set1_epi32(pair)};
  }
  /// The levels of a step widened to 16 bits; shared by all rows of a tile.
  using weights = byte_line<avx2>;
  template <std::size_t Step>
  [[nodiscard]] HALFTONE_INLINE static weights prepared(const byte_line<avx2>& line) noexcept {
    if constexpr (Step == 0) {
      return {{_mm256_srai_epi16(_mm256_slli_epi16(line.part[0], 8), 8),
               _mm256_srai_epi16(_mm256_slli_epi16(line.part[1], 8), 8)}};
    } else {
      return {{_mm256_srai_epi16(line.part[0], 8), _mm256_srai_epi16(line.part[1], 8)}};
    }
  }
  HALFTONE_INLINE static void add(sum& s, const weights& w, const quad& a) noexcept {
    s.part[0] = _mm256_add_epi32(s.part[0], _mm256_madd_epi16(w.part[0], a.value));
    s.part[1] = _mm256_add_epi32(s.part[1], _mm256_madd_epi16(w.part[1], a.value));
  }
  /// Makes the compiler forget what it knows of a quad (for measuring the roof).
  HALFTONE_INLINE static void opaque(quad& q) noexcept {
    native<avx2>::opaque(q.value);
  }
  HALFTONE_INLINE static void pin(sum& s) noexcept {
    native<avx2>::opaque(s.part[0]);
    native<avx2>::opaque(s.part[1]);
  }
  [[nodiscard]] HALFTONE_INLINE static int_columns<avx2> widened(const sum& s) noexcept {
    return {{s.part[0], s.part[1]}};
  }
};

/// Tiles: rows of activations times panels of 16 columns.
template <>
struct tile_shape<avx2> {
  static constexpr std::size_t integer_rows = 4;
  static constexpr std::size_t integer_panels = 1;
  static constexpr std::size_t row_panels = 2;
  static constexpr std::size_t float_rows = 6;
  static constexpr std::size_t float_panels = 1;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
