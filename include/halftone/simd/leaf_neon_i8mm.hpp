// SPDX-License-Identifier: MIT
// Halftone: the leaf of Advanced SIMD with products of byte matrices. Required flags: -march=armv8.2-a+dotprod+i8mm. smmla
// multiplies two rows by two columns over 8 k; a single row takes sdot, as on `neon_dotprod`.
#pragma once

#include <halftone/simd/leaf_neon_dotprod.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

template <>
struct native<neon_i8mm> : native<neon_dotprod> {};

template <unsigned Bits>
struct dot<neon_i8mm, Bits> : dot_quads<neon_i8mm, Bits> {};

/// Two rows at a time over two quads: what `row_pair_sums` is written over.
template <>
struct row_pair_dot<neon_i8mm> {
  /// Block i: columns 2 i and 2 i + 1 of the first row, then of the second.
  struct sum {
    int32x4_t block[8];
  };
  /// Parts of a line that are worked on one after the other, and one of them: 8 k of columns 4 i and 4 i + 1, and of the two
  /// after them.
  static constexpr std::size_t parts = 4;
  struct weights {
    int8x16_t low;
    int8x16_t high;
  };
  /// 8 k of the first row, then of the second.
  using activations = int8x16_t;

  [[nodiscard]] HALFTONE_INLINE static sum zero() noexcept {
    const int32x4_t none = vdupq_n_s32(0);
    return {{none, none, none, none, none, none, none, none}};
  }
  /// Part I of the lines of two quads that follow each other; the second may be all zero.
  template <std::size_t I>
  [[nodiscard]] HALFTONE_INLINE static weights prepared(const byte_line<neon_i8mm>& first,
                                                        const byte_line<neon_i8mm>& second) noexcept {
    const uint32x4_t a = vreinterpretq_u32_u8(first.part[I]);
    const uint32x4_t b = vreinterpretq_u32_u8(second.part[I]);
    return {vreinterpretq_s8_u32(vzip1q_u32(a, b)), vreinterpretq_s8_u32(vzip2q_u32(a, b))};
  }
  /// Reads 8 bytes of each row.
  [[nodiscard]] HALFTONE_INLINE static activations load(const std::uint8_t* first, const std::uint8_t* second) noexcept {
    return vreinterpretq_s8_u8(vcombine_u8(vld1_u8(first), vld1_u8(second)));
  }
  template <std::size_t I>
  HALFTONE_INLINE static void add(sum& s, const weights& w, const activations& a) noexcept {
    asm volatile("" : "+w"(s.block[2 * I]), "+w"(s.block[2 * I + 1]));  // in this order, or unpacked parts pile up on the stack
    s.block[2 * I] = vmmlaq_s32(s.block[2 * I], a, w.low);
    s.block[2 * I + 1] = vmmlaq_s32(s.block[2 * I + 1], a, w.high);
  }
  /// The sums of one row, by column.
  template <std::size_t Row>
  [[nodiscard]] HALFTONE_INLINE static int_columns<neon_i8mm> columns(const sum& s) noexcept {
    using batch = typename int_columns<neon_i8mm>::batch;
    return int_columns<neon_i8mm>::each([&](auto i) HALFTONE_INLINE_LAMBDA {
      const int64x2_t a = vreinterpretq_s64_s32(s.block[2 * i]);
      const int64x2_t b = vreinterpretq_s64_s32(s.block[2 * i + 1]);
      return batch(vreinterpretq_s32_s64(Row == 0 ? vzip1q_s64(a, b) : vzip2q_s64(a, b)));
    });
  }
};

template <>
struct tile_shape<neon_i8mm> {
  static constexpr std::size_t integer_rows = 4;
  static constexpr std::size_t unpacked_rows = 4;
  static constexpr std::size_t integer_panels = 1;
  static constexpr std::size_t row_panels = 2;
  static constexpr std::size_t float_rows = 6;
  static constexpr std::size_t float_panels = 1;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
