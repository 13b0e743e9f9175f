// SPDX-License-Identifier: MIT
// Halftone: exact dot products where one instruction adds four products of bytes to an int32 (VNNI, Arm dotprod).
//
// `native<Arch>` supplies quads_8<Bits>(sum, weights, activations) without saturation, and format_of<Bits>: how it wants the
// activations of codes of that width.
#pragma once

#include <halftone/simd/dot_pairs.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

template <class Arch, unsigned Bits>
struct dot_quads : dot_registers<Arch> {
  using base = dot_registers<Arch>;
  using registers = native<Arch>;
  using typename base::quad;
  using typename base::sum;
  using typename base::weights;
  static constexpr activation_format format = registers::template format_of<Bits>;
  static constexpr std::size_t quads_per_sum = any_number_of_quads;
  static constexpr std::size_t steps = 1;

  template <std::size_t Step>
  [[nodiscard]] HALFTONE_INLINE static quad broadcast(const std::uint8_t* activations) noexcept {
    return base::broadcast_four(activations);
  }
  template <std::size_t Step>
  [[nodiscard]] HALFTONE_INLINE static weights prepared(const byte_line<Arch>& line) noexcept { return line; }
  /// Makes the compiler load weights once for all rows of a tile, where a register holds a line: g++ would read them from the
  /// cache again in each product, and loads would take longer than the products.
  HALFTONE_INLINE static void keep(weights& w) noexcept
    requires(byte_line<Arch>::parts == 1)
  {
    w.opaque();
  }
  HALFTONE_INLINE static void add(sum& s, const weights& w, const quad& a) noexcept {
    s = sum::each([&](auto i) HALFTONE_INLINE_LAMBDA {
      return registers::template quads_8<Bits>(s.part[i], w.part[i], a.value);
    });
  }
  [[nodiscard]] HALFTONE_INLINE static int_columns<Arch> widened(const sum& s) noexcept { return base::as_columns(s); }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
