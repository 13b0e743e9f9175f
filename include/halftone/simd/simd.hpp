// SPDX-License-Identifier: MIT
// Halftone: the leaf of the instruction set that this translation unit uses.
#pragma once

#include <halftone/simd/arch.hpp>

#include <bit>

#if defined(HALFTONE_ISA_AVX512_VNNI)
#include <halftone/simd/leaf_avx512_vnni.hpp>
#elif defined(HALFTONE_ISA_AVX512_BW)
#include <halftone/simd/leaf_avx512_bw.hpp>
#elif defined(HALFTONE_ISA_AVX_VNNI)
#include <halftone/simd/leaf_avx_vnni.hpp>
#elif defined(HALFTONE_ISA_AVX2)
#include <halftone/simd/leaf_avx2.hpp>
#elif defined(HALFTONE_ISA_SSE4_1)
#include <halftone/simd/leaf_sse4_1.hpp>
#elif defined(HALFTONE_ISA_NEON_I8MM)
#include <halftone/simd/leaf_neon_i8mm.hpp>
#elif defined(HALFTONE_ISA_NEON_DOTPROD)
#include <halftone/simd/leaf_neon_dotprod.hpp>
#elif defined(HALFTONE_ISA_NEON)
#include <halftone/simd/leaf_neon.hpp>
#else
#include <halftone/simd/leaf_portable.hpp>
#endif

namespace halftone::inline v0_1 {

/// How epilogue stages make registers of columns.
template <class Arch>
struct lanes<HALFTONE_ISA::float_columns<Arch>> {
  using columns = HALFTONE_ISA::float_columns<Arch>;
  [[nodiscard]] HALFTONE_INLINE static columns broadcast(float value) noexcept { return columns::broadcast(value); }
  [[nodiscard]] HALFTONE_INLINE static columns load(const float* values, std::size_t count) noexcept {
    return columns::load(values, count);
  }
};

}  // namespace halftone::inline v0_1

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Brings the line `bytes` after `at` into the cache; it may be past the end of what is there.
HALFTONE_INLINE void fetch_after([[maybe_unused]] const void* at, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(__GNUC__)
  __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(at) + bytes));
#endif
}

/// How far ahead a pass over floats asks for them, in bytes; 0 where the hardware alone does better. From memory, Zen 3 gains
/// a third; Zen 4, which AVX-512 code runs on, loses up to a fifth.
template <class Arch>
inline constexpr std::size_t bytes_of_values_ahead = 2048;
template <class Arch>
  requires(float_columns<Arch>::parts == 1)
inline constexpr std::size_t bytes_of_values_ahead<Arch> = 0;

/// Asks for the floats that a pass at `at` will need.
template <class Arch>
HALFTONE_INLINE void fetch_values([[maybe_unused]] const float* at) noexcept {
  if constexpr (bytes_of_values_ahead<Arch> != 0) {
    fetch_after(at, bytes_of_values_ahead<Arch>);
  }
}

/// Whether a pass that writes codes asks for the values of the next pass meanwhile: where the hardware alone serves a pass over
/// floats, it still stops at the end of what the pass before it read.
template <class Arch>
inline constexpr bool fetches_next_pass = float_columns<Arch>::parts == 1;

/// Asks for the `Count` floats that lie `ahead` floats after `at`.
template <class Arch, std::size_t Count>
HALFTONE_INLINE void fetch_next_pass([[maybe_unused]] const float* at, [[maybe_unused]] std::size_t ahead) noexcept {
  if constexpr (fetches_next_pass<Arch>) {
    for (std::size_t i = 0; i < Count; i += panel_columns) {
      fetch_after(at, (ahead + i) * sizeof(float));
    }
  }
}

/// A pointer that compilers take for another one each time: what it points to is then read from the cache where it lies, and
/// addresses that are constants away from it are not computed before a loop. Kept over a loop, both would go through the
/// stack, for the sums of a tile need the registers.
template <class T>
[[nodiscard]] HALFTONE_INLINE T* fresh(T* values) noexcept {
#if defined(__GNUC__)
  asm("" : "+r"(values));
#endif
  return values;
}

/// The integers nearest to the columns, ties to even, for magnitudes below 2^22.
template <class Arch>
[[nodiscard]] HALFTONE_INLINE int_columns<Arch> nearest_integers(const float_columns<Arch>& v) noexcept {
  constexpr float magic = 12582912.0f;  // 1.5 * 2^23: the integer is in the low bits of the sum
  return int_columns<Arch>::bits_of(v + float_columns<Arch>::broadcast(magic)) -
         int_columns<Arch>::broadcast(std::bit_cast<std::int32_t>(magic));
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
