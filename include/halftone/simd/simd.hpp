// SPDX-License-Identifier: MIT
// Halftone: the leaf of the instruction set that this translation unit uses.
#pragma once

#include <halftone/simd/arch.hpp>

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
