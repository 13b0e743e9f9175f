// SPDX-License-Identifier: MIT
// Halftone: what dot products multiply in the place of an element's codes: the packed codes, or levels looked up in a table.
#pragma once

#include <halftone/element/integer_levels.hpp>
#include <halftone/gemm/line_source.hpp>
#include <halftone/gemm/packed_matrix.hpp>

#include <bit>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Packed codes as they are.
///   bits   width of what is multiplied, of `dot`
///   bias   what it exceeds levels by
///   lines  the line source
template <class Arch, class Element>
struct dot_weights {
  static constexpr unsigned bits = Element::bits;
  static constexpr std::int32_t bias = packed_bias<Element>();
  using lines = packed_lines<Arch, bits>;
  /// Whether sums of packed codes, which a packed matrix holds, are sums of these weights; else they are sums of levels.
  static constexpr bool are_codes = true;
};

/// Whether an instruction takes all unsigned bytes as weights: those that take unsigned activations for signed weights.
template <class Arch>
inline constexpr bool multiplies_unsigned_bytes = false;
template <class Arch>
  requires requires { native<Arch>::template format_of<8>; }
inline constexpr bool multiplies_unsigned_bytes<Arch> =
    native<Arch>::template format_of<8> == activation_format::unsigned_bytes;

/// Levels of a table, from packed codes of at most 6 bits: unsigned where they fit the leaf's products, for these need no sums of
/// weights, else signed bytes.
template <class Arch, integer_table_element Element>
struct dot_weights<Arch, Element> {
  using levels = integer_levels<Element>;
  static constexpr auto range = static_cast<unsigned>(levels::max - levels::min);
  static constexpr bool fits_codes = range < 128 || multiplies_unsigned_bytes<Arch>;
  static constexpr unsigned bits = !fits_codes ? 8 : range < 128 ? std::max(static_cast<unsigned>(std::bit_width(range)), 1u) : 7;
  static constexpr std::int32_t bias = fits_codes ? -levels::min : 0;
  static constexpr bool are_codes = false;

  struct lines {
    using codes = packed_lines<Arch, Element::bits>;
    static constexpr std::size_t unit_quads = codes::unit_quads;
    static constexpr std::size_t unit_bytes = codes::unit_bytes;
    /// Codes that a look-up tells apart: 16, 32 or 64.
    static constexpr std::size_t entries = std::size_t{1} << std::max(Element::bits, 4u);
    alignas(64) static constexpr std::array<std::uint8_t, entries> bytes = [] {
      std::array<std::uint8_t, entries> all{};
      for (std::uint32_t code = 0; code < entries; ++code) {
        all[code] = static_cast<std::uint8_t>(levels::level_of(code) + bias);
      }
      return all;
    }();
    template <std::size_t Q>
    [[nodiscard]] HALFTONE_INLINE static byte_line<Arch> quad(const std::uint8_t* unit) noexcept {
      return codes::template quad<Q>(unit).template looked_up<entries>(bytes.data());
    }
  };
};

/// The dot product of an operand's weights, and how it wants activations.
template <class Arch, class Packed>
using dot_weights_of = dot_weights<Arch, typename Packed::element_type>;
template <class Arch, class Packed>
using dot_of = dot<Arch, dot_weights_of<Arch, Packed>::bits>;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
