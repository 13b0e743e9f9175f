// SPDX-License-Identifier: MIT
// Halftone: the smallest and the largest lane of eight registers at once, by a transposition that compares on the way.
#pragma once

#include <halftone/core/config.hpp>

#include <immintrin.h>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

struct x86_extremes {
  struct smaller {
    HALFTONE_INLINE static __m256 of(__m256 a, __m256 b) noexcept { return _mm256_min_ps(a, b); }
  };
  struct larger {
    HALFTONE_INLINE static __m256 of(__m256 a, __m256 b) noexcept { return _mm256_max_ps(a, b); }
  };
  HALFTONE_INLINE static void store_eight(float* at, __m256 v) noexcept { _mm256_storeu_ps(at, v); }
  /// Lane i of the result: the extreme of the eight floats at `rows` + i * stride.
  template <class Which>
  HALFTONE_INLINE static __m256 of_eight(const float* rows, std::size_t stride) noexcept {
    const auto row = [&](int i) HALFTONE_INLINE_LAMBDA { return _mm256_loadu_ps(rows + static_cast<std::size_t>(i) * stride); };
    const auto two = [&](int i) HALFTONE_INLINE_LAMBDA {
      const __m256 a = row(i);
      const __m256 b = row(i + 1);
      return Which::of(_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
    };
    const auto four = [&](int i) HALFTONE_INLINE_LAMBDA {
      const __m256d a = _mm256_castps_pd(two(i));
      const __m256d b = _mm256_castps_pd(two(i + 2));
      return Which::of(_mm256_castpd_ps(_mm256_unpacklo_pd(a, b)), _mm256_castpd_ps(_mm256_unpackhi_pd(a, b)));
    };
    const __m256 low = four(0);
    const __m256 high = four(4);
    return Which::of(_mm256_permute2f128_ps(low, high, 0x20), _mm256_permute2f128_ps(low, high, 0x31));
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
