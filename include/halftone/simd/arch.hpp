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
/// SSE4.1 with SSSE3.
struct sse4_1 {
  static constexpr std::string_view name = "sse4_1";
};
/// AVX2 with FMA.
struct avx2 {
  static constexpr std::string_view name = "avx2";
};
/// AVX2 with FMA and AVX-VNNI.
struct avx_vnni {
  static constexpr std::string_view name = "avx_vnni";
};
/// AVX-512 F, CD, BW, DQ and VL.
struct avx512_bw {
  static constexpr std::string_view name = "avx512_bw";
};
/// AVX-512 F, CD, BW, DQ, VL and VNNI.
struct avx512_vnni {
  static constexpr std::string_view name = "avx512_vnni";
};
/// Advanced SIMD of 64-bit Arm.
struct neon {
  static constexpr std::string_view name = "neon";
};
/// The same with dot products of bytes.
struct neon_dotprod {
  static constexpr std::string_view name = "neon_dotprod";
};
/// The same with products of byte matrices.
struct neon_i8mm {
  static constexpr std::string_view name = "neon_i8mm";
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
#elif defined(HALFTONE_ISA_AVX512_BW)
using default_arch = avx512_bw;
#elif defined(HALFTONE_ISA_AVX_VNNI)
using default_arch = avx_vnni;
#elif defined(HALFTONE_ISA_AVX2)
using default_arch = avx2;
#elif defined(HALFTONE_ISA_SSE4_1)
using default_arch = sse4_1;
#elif defined(HALFTONE_ISA_NEON_I8MM)
using default_arch = neon_i8mm;
#elif defined(HALFTONE_ISA_NEON_DOTPROD)
using default_arch = neon_dotprod;
#elif defined(HALFTONE_ISA_NEON)
using default_arch = neon;
#else
using default_arch = portable;
#endif

/// What a leaf says of itself: its registers, its dot products, its tiles. Each leaf specializes it.
template <class Arch>
struct native;

/// Register tiles of the kernels: rows of activations times panels of 16 columns. Each leaf specializes it:
/// integer_rows x integer_panels for codes of 8 bits, unpacked_rows x integer_panels where bit planes are unpacked beside the
/// sums, 1 x row_panels for a single row, float_rows x float_panels in float.
template <class Arch>
struct tile_shape;

/// `quads_per_sum` of dot products whose sums are int32 columns from the start.
inline constexpr std::size_t any_number_of_quads = std::size_t{1} << 30;

/// Exact products of a weight line with a quad of activations.
template <class Arch, unsigned Bits>
struct dot;

/// Exact products of two rows with two quads at a time, where the instruction set has them; a leaf specializes it.
template <class Arch>
struct row_pair_dot;

/// Whether it does.
template <class Arch>
inline constexpr bool multiplies_row_pairs = requires { sizeof(row_pair_dot<Arch>); };

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
