// SPDX-License-Identifier: MIT
// Halftone: sizes of blocks. They change speed, never results.
#pragma once

#include <cstddef>

#include <halftone/simd/simd.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// How a multiplication is cut. Pass a type of your own as `gemm<..., Blocking>` is not needed: specialize for an Arch.
template <class Arch>
struct blocking {
  static constexpr std::size_t rows = 256;         ///< rows of activations prepared at a time
  static constexpr std::size_t quads = 256;        ///< quads of a panel kept as decoded lines: 16 KiB a panel
  static constexpr std::size_t float_depth = 256;  ///< k of a panel kept as float lines: 16 KiB a panel
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
