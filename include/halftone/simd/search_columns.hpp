// SPDX-License-Identifier: MIT
// Halftone: what searches need of columns that run sixteen at a time, beyond what kernels do: choices, square
// roots and integer parts.
#pragma once

#include <halftone/simd/simd.hpp>

#include <cmath>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// In each column: yes where a > b, no elsewhere, NaN included.
template <class Arch>
[[nodiscard]] HALFTONE_INLINE float_columns<Arch> where_greater(const float_columns<Arch>& a, const float_columns<Arch>& b,
                                                                const float_columns<Arch>& yes,
                                                                const float_columns<Arch>& no) noexcept {
  if constexpr (std::is_same_v<Arch, portable>) {
    return float_columns<Arch>::each([&](std::size_t j) { return chosen(a.value[j] > b.value[j], yes.value[j], no.value[j]); });
  } else {
    return float_columns<Arch>::each([&](auto i) HALFTONE_INLINE_LAMBDA {
      return typename float_columns<Arch>::batch(select(a.part[i] > b.part[i], yes.part[i], no.part[i]));
    });
  }
}

/// Square roots, rounded once.
template <class Arch>
[[nodiscard]] HALFTONE_INLINE float_columns<Arch> square_root(const float_columns<Arch>& a) noexcept {
  if constexpr (std::is_same_v<Arch, portable>) {
    return float_columns<Arch>::each([&](std::size_t j) { return std::sqrt(a.value[j]); });
  } else {
    // Not xsimd's, which 8.1 approximates on Arm.
    return float_columns<Arch>::each([&](auto i) HALFTONE_INLINE_LAMBDA {
      return typename float_columns<Arch>::batch(native<Arch>::square_root(a.part[i]));
    });
  }
}

/// A size, which has no sign, with the signs of the columns of a.
template <class Arch>
[[nodiscard]] HALFTONE_INLINE float_columns<Arch> with_sign_of(const float_columns<Arch>& a, float size) noexcept {
  if constexpr (std::is_same_v<Arch, portable>) {
    return float_columns<Arch>::each([&](std::size_t j) { return std::copysign(size, a.value[j]); });
  } else {
    using batch = typename float_columns<Arch>::batch;
    return float_columns<Arch>::each([&](auto i) HALFTONE_INLINE_LAMBDA { return batch((a.part[i] & batch(-0.0f)) | batch(size)); });
  }
}

/// Integer parts, toward zero, of numbers that fit 32 bits.
template <class Arch>
[[nodiscard]] HALFTONE_INLINE int_columns<Arch> integer_parts(const float_columns<Arch>& a) noexcept {
  if constexpr (std::is_same_v<Arch, portable>) {
    return int_columns<Arch>::each([&](std::size_t j) { return static_cast<std::int32_t>(a.value[j]); });
  } else {
    return int_columns<Arch>::each([&](auto i) HALFTONE_INLINE_LAMBDA { return to_int(a.part[i]); });
  }
}

/// a * 2^Bits
template <unsigned Bits, class Arch>
[[nodiscard]] HALFTONE_INLINE int_columns<Arch> shifted_up(const int_columns<Arch>& a) noexcept {
  if constexpr (std::is_same_v<Arch, portable>) {
    return a * int_columns<Arch>::broadcast(1 << Bits);
  } else {
    return int_columns<Arch>::each([&](auto i) HALFTONE_INLINE_LAMBDA { return a.part[i] << static_cast<int>(Bits); });
  }
}

/// Whether the machine converts floats to fp16.
template <class Arch>
inline constexpr bool converts_fp16 = requires(typename native<Arch>::floats v, std::uint16_t* at) { native<Arch>::store_fp16(at, v); };

/// fp16 codes of the columns: nearest, ties to even, infinity from 65520 on.
template <class Arch>
  requires converts_fp16<Arch>
HALFTONE_INLINE void store_fp16(const float_columns<Arch>& a, std::uint16_t* codes) noexcept {
  for (std::size_t i = 0; i < float_columns<Arch>::parts; ++i) {
    native<Arch>::store_fp16(codes + i * float_columns<Arch>::width, a.part[i]);
  }
}

/// How many runs `store_level_runs` stores at once: as many as fill a register.
template <class Arch>
inline constexpr std::size_t level_runs_at_once = 1;
template <class Arch>
  requires requires(typename native<Arch>::bytes v, std::uint8_t* at) { native<Arch>::store_halves(at, at, v); }
inline constexpr std::size_t level_runs_at_once<Arch> = 2;

/// Levels -128..127 of runs of 32 numbers, a byte each: run i at out + i * Stride, for `level_runs_at_once` runs.
/// @param levels  levels(run, half) gives sixteen of them
template <class Arch, std::size_t Stride, class Levels>
HALFTONE_INLINE void store_level_runs(const Levels& levels, std::uint8_t* out) noexcept {
  using columns = int_columns<Arch>;
  if constexpr (level_runs_at_once<Arch> == 2) {
    using registers = native<Arch>;
    const auto words = [&](std::size_t run) HALFTONE_INLINE_LAMBDA {
      return registers::to_words(levels(run, 0).part[0], levels(run, 1).part[0]);
    };
    registers::store_halves(out, out + Stride, registers::in_order(registers::template to_bytes<true>(words(0), words(1))));
  } else if constexpr (requires(typename native<Arch>::bytes v) { native<Arch>::in_order(v); }) {
    if constexpr (columns::parts == 2) {
      using registers = native<Arch>;
      const auto words = [&](std::size_t half) HALFTONE_INLINE_LAMBDA {
        const columns l = levels(0, half);
        return registers::to_words(l.part[0], l.part[1]);
      };
      registers::store_any(out, registers::in_order(registers::template to_bytes<true>(words(0), words(1))));
    } else {
      store_levels<true>(levels(0, 0), out);
      store_levels<true>(levels(0, 1), out + 16);
    }
  } else {
    store_levels<true>(levels(0, 0), out);
    store_levels<true>(levels(0, 1), out + 16);
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
