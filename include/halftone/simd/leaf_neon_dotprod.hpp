// SPDX-License-Identifier: MIT
// Halftone: the leaf of Advanced SIMD with dot products. Required flags: -march=armv8.2-a+dotprod. A line is four registers;
// sdot multiplies signed bytes, which codes of up to 7 bits are as they are.
#pragma once

#include <halftone/simd/dot_quads.hpp>
#include <halftone/simd/registers_neon.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

template <>
struct native<neon_dotprod> : neon_registers {
  template <unsigned Bits>
  static constexpr activation_format format_of = activation_format::signed_bytes;

  template <unsigned Bits>
  HALFTONE_INLINE static bytes quads_8(bytes sum, bytes weights, bytes activations) noexcept {
    return as_bytes(vdotq_s32(as_ints(sum), vreinterpretq_s8_u8(weights), vreinterpretq_s8_u8(activations)));
  }
};

template <unsigned Bits>
struct dot<neon_dotprod, Bits> : dot_quads<neon_dotprod, Bits> {};

template <>
struct tile_shape<neon_dotprod> {
  static constexpr std::size_t integer_rows = 6;
  static constexpr std::size_t unpacked_rows = 4;
  static constexpr std::size_t integer_panels = 1;
  static constexpr std::size_t row_panels = 2;
  static constexpr std::size_t float_rows = 6;
  static constexpr std::size_t float_panels = 1;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
