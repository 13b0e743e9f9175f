// SPDX-License-Identifier: MIT
// Halftone: a line of packed weights, 64 bytes, [16 columns][4 k], in the registers of a leaf; and bytes as columns.
//
// Written once over `native<Arch>`: its register `bytes` and load, store, shifts (right_16 and left_16 within 16 bits,
// right_32, signed_right_32 and left_32 within 32), `both` (and), `either` (or), set_8 (a byte in all bytes), look_up_bytes.
#pragma once

#include <halftone/simd/columns_xsimd.hpp>

#include <cstring>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Sixty-four bytes of packed weights.
template <class Arch>
struct byte_line {
  using registers = native<Arch>;
  using bytes = typename registers::bytes;
  static constexpr std::size_t width = sizeof(bytes);
  static constexpr std::size_t parts = 64 / width;
  bytes part[parts];

  [[nodiscard]] HALFTONE_INLINE static byte_line load(const std::uint8_t* at) noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA { return registers::load(at + i * width); });
  }
  HALFTONE_INLINE void store(std::uint8_t* at) const noexcept {
    for (std::size_t i = 0; i < parts; ++i) {
      registers::store(at + i * width, part[i]);
    }
  }
  /// Makes the compiler forget what it knows of the line.
  HALFTONE_INLINE void opaque() noexcept { opaque_of(std::make_index_sequence<parts>{}); }
  /// Shifts to the right by Shift bits (to the left if negative) and keeps the bits of Mask in each byte.
  template <int Shift, unsigned Mask>
  [[nodiscard]] HALFTONE_INLINE byte_line shifted() const noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA { return shifted_part<Shift, Mask>(part[i]); });
  }
  /// table[byte] for each byte, all below Size, which is 16, 32 or 64. table: Size bytes.
  template <std::size_t Size>
  [[nodiscard]] HALFTONE_INLINE byte_line looked_up(const std::uint8_t* table) const noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA { return registers::template look_up_bytes<Size>(table, part[i]); });
  }
  [[nodiscard]] HALFTONE_INLINE friend byte_line operator|(byte_line a, byte_line b) noexcept {
    return each([&](auto i) HALFTONE_INLINE_LAMBDA { return registers::either(a.part[i], b.part[i]); });
  }
  /// Byte K of every column, as a level: sign-extended or not.
  template <int K, bool Signed>
  [[nodiscard]] HALFTONE_INLINE int_columns<Arch> levels() const noexcept {
    using batch = typename int_columns<Arch>::batch;
    return int_columns<Arch>::each([&](auto i) HALFTONE_INLINE_LAMBDA {
      const bytes top = registers::template left_32<24 - 8 * K>(part[i]);
      if constexpr (Signed) {
        return batch(registers::as_ints(registers::template signed_right_32<24>(top)));
      } else {
        return batch(registers::as_ints(registers::template right_32<24>(top)));
      }
    });
  }

  /// One register after the other: make(0), make(1), ... as integral constants, for compilers keep arrays in registers only
  /// where every index is one.
  template <class Part>
  [[nodiscard]] HALFTONE_INLINE static byte_line each(const Part& make) noexcept {
    return each_of(make, std::make_index_sequence<parts>{});
  }

 private:
  template <std::size_t... I>
  HALFTONE_INLINE void opaque_of(std::index_sequence<I...>) noexcept {
    (registers::opaque(part[I]), ...);
  }
  template <class Part, std::size_t... I>
  [[nodiscard]] HALFTONE_INLINE static byte_line each_of(const Part& make, std::index_sequence<I...>) noexcept {
    return {{make(std::integral_constant<std::size_t, I>{})...}};
  }
  template <int Shift, unsigned Mask>
  [[nodiscard]] HALFTONE_INLINE static bytes shifted_part(bytes p) noexcept {
    if constexpr (Shift > 0) {
      p = registers::template right_16<Shift>(p);
    } else if constexpr (Shift < 0) {
      p = registers::template left_16<-Shift>(p);
    }
    if constexpr (Mask != 0xff) {
      p = registers::both(p, registers::set_8(Mask));
    }
    return p;
  }
};

/// table[index] for a table of `Size` floats, Size a power of two from 16 to 256.
template <std::size_t Size, class Arch>
[[nodiscard]] HALFTONE_INLINE float_columns<Arch> look_up(const float* table, int_columns<Arch> index) noexcept {
  using batch = typename float_columns<Arch>::batch;
  return float_columns<Arch>::each([&](auto i) HALFTONE_INLINE_LAMBDA {
    return batch(native<Arch>::template look_up<Size>(table, native<Arch>::as_bytes(index.part[i])));
  });
}

/// Sixteen bf16 numbers as floats.
template <class Arch>
[[nodiscard]] HALFTONE_INLINE float_columns<Arch> widen_bf16(const std::uint8_t* values) noexcept {
  using batch = typename float_columns<Arch>::batch;
  return float_columns<Arch>::each([&](auto i) HALFTONE_INLINE_LAMBDA {
    return batch(native<Arch>::widen_bf16(values + 2 * batch::size * i));
  });
}

/// Stores sixteen levels, one a byte. They are in range: -128..127 if signed, 0..255 otherwise.
template <bool Signed, class Arch>
HALFTONE_INLINE void store_levels(const int_columns<Arch>& v, std::uint8_t* out) noexcept {
  native<Arch>::store_sixteen(out, native<Arch>::template narrow<Signed>(v.part));
}

/// Sixteen bytes as levels: sign-extended or not.
template <class Arch, bool Signed>
[[nodiscard]] HALFTONE_INLINE int_columns<Arch> load_levels(const std::uint8_t* bytes) noexcept {
  using batch = typename int_columns<Arch>::batch;
  return int_columns<Arch>::each([&](auto i) HALFTONE_INLINE_LAMBDA {
    return batch(native<Arch>::as_ints(native<Arch>::template load_levels<Signed>(bytes + batch::size * i)));
  });
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
