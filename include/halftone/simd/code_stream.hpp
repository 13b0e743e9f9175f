// SPDX-License-Identifier: MIT
// Halftone: codes of a canonical row, sixteen at a time: to bytes, from bytes, and straight to columns.
//
// `native<Arch>` may supply store_codes<Bits> and spread<Bits>; without them the words of `bit_packing.hpp` do it.
#pragma once

#include <halftone/element/bit_packing.hpp>
#include <halftone/simd/simd.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// What `pack_codes` writes: `count` codes, one a byte, as ceil(count * Bits / 8) bytes of a canonical row.
template <class Arch, unsigned Bits>
  requires(Bits >= 1 && Bits <= 8)
HALFTONE_INLINE void pack_code_run(const std::uint8_t* codes, std::size_t count, std::uint8_t* row) noexcept {
  std::size_t i = 0;
  if constexpr (requires { native<Arch>::template store_codes<Bits>(native<Arch>::load_sixteen(codes), row); }) {
    for (; i + 16 <= count; i += 16, row += 2 * Bits) {
      native<Arch>::template store_codes<Bits>(native<Arch>::load_sixteen(codes + i), row);
    }
  }
  pack_codes<Bits>(codes + i, count - i, row);
}

/// Writes sixteen levels as codes of `Bits` bits: 2 * Bits bytes of a canonical row.
template <unsigned Bits, bool Signed, class Arch>
HALFTONE_INLINE void store_code_levels(const int_columns<Arch>& levels, std::uint8_t* row) noexcept {
  if constexpr (requires { native<Arch>::template store_codes<Bits>(native<Arch>::load_sixteen(row), row); }) {
    native<Arch>::template store_codes<Bits>(native<Arch>::template narrow<Signed>(levels.part), row);
  } else {
    std::uint8_t codes[16];
    store_levels<Signed>(levels, codes);
    pack_codes<Bits>(codes, 16, row);
  }
}

/// Sixteen codes of a canonical row, which start on a byte, as levels: sign-extended or not.
template <class Arch, unsigned Bits, bool Signed>
[[nodiscard]] HALFTONE_INLINE int_columns<Arch> load_code_levels(const std::uint8_t* row) noexcept {
  if constexpr (Bits == 8) {
    return load_levels<Arch, Signed>(row);
  } else {
    const std::uint64_t low = detail::load_low_bytes<Bits>(row);
    const std::uint64_t high = detail::load_low_bytes<Bits>(row + Bits);
    if constexpr (requires { native<Arch>::template spread<Bits, Signed, 0>(low, high); }) {
      using batch = typename int_columns<Arch>::batch;
      return int_columns<Arch>::each([&](auto i) HALFTONE_INLINE_LAMBDA {
        return batch(native<Arch>::as_ints(native<Arch>::template spread<Bits, Signed, i>(low, high)));
      });
    } else {
      // Sign extension of short codes without a shift: levels above the largest wrap by 2^Bits.
      constexpr std::uint64_t flip = Signed ? 0x0101010101010101u << (Bits - 1) : 0;
      std::uint8_t bytes[16];
      detail::store_low_bytes<8>(detail::spread<Bits>(low) ^ flip, bytes);
      detail::store_low_bytes<8>(detail::spread<Bits>(high) ^ flip, bytes + 8);
      return load_levels<Arch, false>(bytes) - int_columns<Arch>::broadcast(Signed ? 1 << (Bits - 1) : 0);
    }
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
