// SPDX-License-Identifier: MIT
// Halftone: tags of the instruction sets, and the one that the user's flags enable.
#pragma once

#include <halftone/core/config.hpp>

#include <cstddef>
#include <string_view>

namespace halftone::inline v0_1 {

/// Plain C++: no intrinsics, no xsimd.
struct portable {
  static constexpr std::string_view name = "portable";
};
/// AVX2 with FMA.
struct avx2 {
  static constexpr std::string_view name = "avx2";
};
/// AVX-512 F, CD, BW, DQ, VL and VNNI.
struct avx512_vnni {
  static constexpr std::string_view name = "avx512_vnni";
};

/// How a leaf wants its activations: int8, uint8 (int8 plus 128), or int16 in the order a0, a2, a1, a3.
enum class activation_format { signed_bytes, unsigned_bytes, wide };

/// Columns of a panel: what one line of packed weights holds, on every instruction set.
inline constexpr std::size_t panel_columns = 16;

}  // namespace halftone::inline v0_1

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// The instruction set that kernels of this translation unit use.
#if defined(HALFTONE_ISA_AVX512_VNNI)
using default_arch = avx512_vnni;
#elif defined(HALFTONE_ISA_AVX2)
using default_arch = avx2;
#else
using default_arch = portable;
#endif

/// Register tiles of the kernels: rows of activations times panels of 16 columns. Each leaf specializes it.
template <class Arch>
struct tile_shape;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
