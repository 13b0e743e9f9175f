// SPDX-License-Identifier: MIT
// Halftone: exact dot products where the instruction set multiplies bytes in pairs (SSSE3, AVX2, AVX-512 without VNNI).
//
//   codes of up to 7 bits (unsigned)   pairs_8 (pmaddubsw): 127 * -128 * 2 fits 16 bits, and 32767 / (largest code * 256)
//                                      sums of it fit before they are widened by pairs_16 (pmaddwd)
//   codes of 8 bits (signed)           both sides widened to 16 bits, pairs_16: any int8 or uint8 is exact
//
// `native<Arch>` supplies pairs_8(unsigned, signed), pairs_16, add_16, add_32, set_16, set_32 and signed_right_16.
#pragma once

#include <halftone/simd/byte_line.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Sums of one row of a panel, and a quad of activations in every lane.
template <class Arch>
struct dot_registers {
  using registers = native<Arch>;
  using line = byte_line<Arch>;
  using sum = line;
  struct quad {
    typename registers::bytes value;
  };
  /// A line as the products want it; shared by all rows of a tile.
  using weights = line;

  [[nodiscard]] HALFTONE_INLINE static sum zero() noexcept {
    return line::each([](auto) HALFTONE_INLINE_LAMBDA { return registers::zero(); });
  }
  /// Makes the compiler forget what it knows of a quad (for measuring the roof) or of sums.
  HALFTONE_INLINE static void opaque(quad& q) noexcept { registers::opaque(q.value); }
  HALFTONE_INLINE static void pin(sum& s) noexcept { s.opaque(); }

 protected:
  [[nodiscard]] HALFTONE_INLINE static quad broadcast_four(const std::uint8_t* activations) noexcept {
    std::int32_t four;
    std::memcpy(&four, activations, 4);
    return {registers::set_32(four)};
  }
  [[nodiscard]] HALFTONE_INLINE static int_columns<Arch> as_columns(const sum& s) noexcept {
    using batch = typename int_columns<Arch>::batch;
    return int_columns<Arch>::each(
        [&](auto i) HALFTONE_INLINE_LAMBDA { return batch(registers::as_ints(s.part[i])); });
  }
};

/// Unsigned codes of up to 7 bits times int8 activations (4 bytes a quad).
template <class Arch, unsigned Bits>
struct dot_pairs : dot_registers<Arch> {
  using base = dot_registers<Arch>;
  using registers = native<Arch>;
  using typename base::quad;
  using typename base::sum;
  using typename base::weights;
  static constexpr activation_format format = activation_format::signed_bytes;
  /// How many quads may be added before `widened`.
  static constexpr std::size_t quads_per_sum = 32767 / (((1u << Bits) - 1) * 256);
  static constexpr std::size_t steps = 1;

  template <std::size_t Step>
  [[nodiscard]] HALFTONE_INLINE static quad broadcast(const std::uint8_t* activations) noexcept {
    return base::broadcast_four(activations);
  }
  template <std::size_t Step>
  [[nodiscard]] HALFTONE_INLINE static weights prepared(const byte_line<Arch>& line) noexcept { return line; }
  HALFTONE_INLINE static void add(sum& s, const weights& w, const quad& a) noexcept {
    s = sum::each([&](auto i) HALFTONE_INLINE_LAMBDA {
      return registers::add_16(s.part[i], registers::pairs_8(w.part[i], a.value));
    });
  }
  [[nodiscard]] HALFTONE_INLINE static int_columns<Arch> widened(const sum& s) noexcept {
    const auto ones = registers::set_16(1);
    return base::as_columns(sum::each(
        [&](auto i) HALFTONE_INLINE_LAMBDA { return registers::pairs_16(s.part[i], ones); }));
  }
};

/// Signed codes of 8 bits times any 8-bit activations, prepared as int16: (a0, a2, a1, a3).
template <class Arch>
struct dot_pairs<Arch, 8> : dot_registers<Arch> {
  using base = dot_registers<Arch>;
  using registers = native<Arch>;
  using typename base::quad;
  using typename base::sum;
  using typename base::weights;
  static constexpr activation_format format = activation_format::wide;
  static constexpr std::size_t quads_per_sum = any_number_of_quads;
  /// Step 0 takes k 0 and 2 of the quad, step 1 takes k 1 and 3: two steps keep fewer registers alive than one.
  static constexpr std::size_t steps = 2;

  template <std::size_t Step>
  [[nodiscard]] HALFTONE_INLINE static quad broadcast(const std::uint8_t* activations) noexcept {
    return base::broadcast_four(activations + 4 * Step);
  }
  /// The levels of a step widened to 16 bits.
  template <std::size_t Step>
  [[nodiscard]] HALFTONE_INLINE static weights prepared(const byte_line<Arch>& line) noexcept {
    return sum::each([&](auto i) HALFTONE_INLINE_LAMBDA {
      if constexpr (Step == 0) {
        return registers::template signed_right_16<8>(registers::template left_16<8>(line.part[i]));
      } else {
        return registers::template signed_right_16<8>(line.part[i]);
      }
    });
  }
  HALFTONE_INLINE static void add(sum& s, const weights& w, const quad& a) noexcept {
    s = sum::each([&](auto i) HALFTONE_INLINE_LAMBDA {
      return registers::add_32(s.part[i], registers::pairs_16(w.part[i], a.value));
    });
  }
  [[nodiscard]] HALFTONE_INLINE static int_columns<Arch> widened(const sum& s) noexcept { return base::as_columns(s); }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
