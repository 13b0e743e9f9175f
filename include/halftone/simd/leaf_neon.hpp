// SPDX-License-Identifier: MIT
// Halftone: the leaf of Advanced SIMD on 64-bit Arm, without dot products. A line is four registers; codes of up to 7 bits
// are signed bytes as they are, and so are activations.
#pragma once

#include <halftone/simd/dot_pairs.hpp>
#include <halftone/simd/registers_neon.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

template <>
struct native<neon> : neon_registers {};

/// Products widened to 16 bits (smull), then added in pairs to two sums a register (sadalp): exact for all signed bytes.
template <unsigned Bits>
struct dot<neon, Bits> : dot_registers<neon> {
  static constexpr activation_format format = activation_format::signed_bytes;
  static constexpr std::size_t quads_per_sum = any_number_of_quads;
  static constexpr std::size_t steps = 1;

  struct sum {
    int32x4_t low[4];   ///< of two columns each: k 0 and 1, k 2 and 3
    int32x4_t high[4];
  };
  [[nodiscard]] HALFTONE_INLINE static sum zero() noexcept {
    const int32x4_t none = vdupq_n_s32(0);
    return {{none, none, none, none}, {none, none, none, none}};
  }
  HALFTONE_INLINE static void pin(sum&) noexcept {}
  template <std::size_t Step>
  [[nodiscard]] HALFTONE_INLINE static quad broadcast(const std::uint8_t* activations) noexcept {
    return broadcast_four(activations);
  }
  template <std::size_t Step>
  [[nodiscard]] HALFTONE_INLINE static weights prepared(const byte_line<neon>& line) noexcept { return line; }
  HALFTONE_INLINE static void add(sum& s, const weights& w, const quad& a) noexcept {
    const int8x16_t activations = vreinterpretq_s8_u8(a.value);
    for (std::size_t i = 0; i < 4; ++i) {
      const int8x16_t codes = vreinterpretq_s8_u8(w.part[i]);
      s.low[i] = vpadalq_s16(s.low[i], vmull_s8(vget_low_s8(codes), vget_low_s8(activations)));
      s.high[i] = vpadalq_s16(s.high[i], vmull_high_s8(codes, activations));
    }
  }
  [[nodiscard]] HALFTONE_INLINE static int_columns<neon> widened(const sum& s) noexcept {
    using batch = typename int_columns<neon>::batch;
    return int_columns<neon>::each(
        [&](auto i) HALFTONE_INLINE_LAMBDA { return batch(vpaddq_s32(s.low[i], s.high[i])); });
  }
};

template <>
struct tile_shape<neon> {
  static constexpr std::size_t integer_rows = 2;
  static constexpr std::size_t unpacked_rows = 2;
  static constexpr std::size_t integer_panels = 1;
  static constexpr std::size_t row_panels = 2;
  static constexpr std::size_t float_rows = 6;
  static constexpr std::size_t float_panels = 1;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
