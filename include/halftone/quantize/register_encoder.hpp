// SPDX-License-Identifier: MIT
// Halftone: codes of a run of values, as many at a time as a register holds bytes: rounded to integers, which saturate where
// they are narrowed to words and bytes.
#pragma once

#include <halftone/scheme/scheme.hpp>
#include <halftone/simd/simd.hpp>

#include <utility>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Whether codes of this scheme can be chosen in lanes: uniform elements of at most 8 bits with ties to even.
template <class Scheme>
inline constexpr bool encodes_in_lanes = uniform_element<typename Scheme::element_type> && Scheme::element_type::bits <= 8 &&
                                         !Scheme::has_own_scaled &&
                                         std::is_same_v<typename Scheme::rounding_type, nearest_even>;

/// Whether the leaf narrows registers as `register_encoder` wants it, to codes of this many bits.
template <class Arch, unsigned Bits>
inline constexpr bool narrows_registers = requires(std::uint8_t* at) {
  native<Arch>::template store_codes<Bits>(
      native<Arch>::template sixteen_of<0>(std::declval<typename native<Arch>::bytes>()), at);
};
template <class Arch>
inline constexpr bool narrows_registers<Arch, 8> = requires {
  native<Arch>::in_order(std::declval<typename native<Arch>::bytes>());
};

template <class Arch, class Scheme>
inline constexpr bool encodes_in_registers =
    encodes_in_lanes<Scheme> && std::is_same_v<typename Scheme::scaling_type, by_reciprocal> && narrows_registers<Arch, Scheme::element_type::bits>;

/// What a caller knows of its values: `finite` saves a test for NaN; `small` (below 2^30 in magnitude when scaled, and finite)
/// that and a comparison.
enum class value_kind { any, finite, small };

/// The program of `encode_value` for values with the same parameters. Codes of half a register are words first, so that two
/// runs may share a register.
template <class Arch, scheme_type Scheme, value_kind Kind>
class register_encoder {
  using Element = typename Scheme::element_type;
  using registers = native<Arch>;
  using bytes = typename registers::bytes;
  using batch = typename float_columns<Arch>::batch;
  static constexpr bool is_signed = Element::min < 0;

 public:
  /// Codes of a register.
  static constexpr std::size_t size = sizeof(bytes);
  static constexpr std::size_t bytes_written = size * Element::bits / 8;

  HALFTONE_INLINE register_encoder(const group_parameters& p, float factor) noexcept
      : factor_(factor), offset_(p.offset),
        high_(static_cast<float>(Element::max - (Scheme::has_zero_point ? p.zero_point : 0))),
        zero_point_(registers::set_16(Scheme::has_zero_point ? p.zero_point : 0)) {}

  /// Levels of size / 2 values, not yet clamped.
  [[nodiscard]] HALFTONE_INLINE bytes words(const float* x) const noexcept {
    const bytes v = registers::to_words(nearest(x), nearest(x + batch::size));
    if constexpr (Scheme::has_zero_point) {
      return registers::saturated_sum(v, zero_point_);
    } else {
      return v;
    }
  }
  /// Clamps and writes the levels of `size` values as codes, which start on a byte.
  HALFTONE_INLINE static void store(bytes low, bytes high, std::uint8_t* codes) noexcept {
    bytes v = registers::template to_bytes<is_signed>(low, high);
    if constexpr (Element::min > (is_signed ? -128 : 0)) {
      v = registers::template larger_bytes<is_signed>(v, registers::set_8(static_cast<std::uint8_t>(Element::min)));
    }
    if constexpr (Element::max < (is_signed ? 127 : 255)) {
      v = registers::template smaller_bytes<is_signed>(v, registers::set_8(static_cast<std::uint8_t>(Element::max)));
    }
    v = registers::in_order(v);
    if constexpr (Element::bits == 8) {
      registers::store_any(codes, v);
    } else if constexpr (Element::bits == 4 && requires { registers::store_nibbles(codes, v); }) {
      registers::store_nibbles(codes, v);
    } else {
      [&]<int... Piece>(std::integer_sequence<int, Piece...>) HALFTONE_INLINE_LAMBDA {
        (registers::template store_codes<Element::bits>(registers::template sixteen_of<Piece>(v),
                                                        codes + Piece * 2 * Element::bits), ...);
      }(std::make_integer_sequence<int, static_cast<int>(size / 16)>{});
    }
  }
  /// Both for `size` values.
  HALFTONE_INLINE void encode(const float* x, std::uint8_t* codes) const noexcept {
    store(words(x), words(x + size / 2), codes);
  }

 private:
  [[nodiscard]] HALFTONE_INLINE bytes nearest(const float* x) const noexcept {
    batch v = batch::load_unaligned(x);
    if constexpr (Scheme::has_offset) {
      v = v - offset_;
    }
    if constexpr (Scheme::has_scale) {
      v = v * factor_;
    }
    // A finite product is not NaN, but a difference may overflow, and infinity times 0 is.
    if constexpr (Kind == value_kind::any || (Kind == value_kind::finite && Scheme::has_offset)) {
      v = batch(registers::zero_where_nan(v));
    }
    if constexpr (Kind != value_kind::small) {
      v = batch(registers::minimum(v, high_));
    }
    return registers::nearest(v);
  }

  batch factor_, offset_, high_;
  bytes zero_point_;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
