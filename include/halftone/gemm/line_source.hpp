// SPDX-License-Identifier: MIT
// Halftone: where a kernel takes the 64-byte lines of quads from: bit planes, unpacked in registers, or decoded lines.
#pragma once

#include <halftone/gemm/blocking.hpp>
#include <halftone/gemm/panel_layout.hpp>
#include <halftone/simd/simd.hpp>

#include <utility>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Lines of a packed panel of `Bits`-bit codes.
template <class Arch, unsigned Bits>
struct packed_lines {
  using layout = plane_layout<Bits>;
  static constexpr std::size_t unit_quads = layout::unit_quads;
  static constexpr std::size_t unit_bytes = layout::unit_bytes;

  /// The codes of quad Q of the unit at `unit`, one a byte.
  template <std::size_t Q>
  [[nodiscard]] HALFTONE_INLINE static byte_line<Arch> quad(const std::uint8_t* unit) noexcept {
    constexpr unsigned low_mask = (1u << layout::low) - 1;
    constexpr int low_shift = static_cast<int>(layout::low * (Q % layout::low_quads));
    const auto low_line = byte_line<Arch>::load(unit + 64 * (Q / layout::low_quads));
    const auto low = low_line.template shifted<low_shift, low_mask>();
    if constexpr (layout::high == 0) {
      return low;
    } else {
      constexpr unsigned high_mask = ((1u << layout::high) - 1) << layout::low;
      constexpr int high_shift = static_cast<int>(layout::high * (Q % layout::high_quads)) - static_cast<int>(layout::low);
      const auto high_line = byte_line<Arch>::load(unit + 64 * (layout::low_lines + Q / layout::high_quads));
      return low | high_line.template shifted<high_shift, high_mask>();
    }
  }
};

/// Lines that hold one quad each.
template <class Arch>
struct decoded_lines {
  static constexpr std::size_t unit_quads = 2;
  static constexpr std::size_t unit_bytes = 128;
  template <std::size_t Q>
  [[nodiscard]] HALFTONE_INLINE static byte_line<Arch> quad(const std::uint8_t* unit) noexcept {
    return byte_line<Arch>::load(unit + 64 * Q);
  }
};

/// Such lines where they are the packed weights themselves: read from memory, and asked for ahead of that.
template <class Arch>
struct code_lines : decoded_lines<Arch> {
  /// Asks for the lines of one unit, `bytes_ahead` after `unit`.
  HALFTONE_INLINE static void fetch_ahead(const std::uint8_t* unit) noexcept {
    fetch_after(unit, kernel_constants<Arch>::bytes_ahead);
    fetch_after(unit, kernel_constants<Arch>::bytes_ahead + 64);
  }
};

/// Decodes the units that hold the quads [begin, end) of a packed panel.
/// @param out  64 bytes a quad, aligned; room for end - begin quads and two units
/// @return     the line of quad `begin`
/// @tparam Source  packed_lines, or a source that makes weights of them
template <class Source>
inline const std::uint8_t* decode_lines(const std::uint8_t* panel, std::size_t begin, std::size_t end,
                                        std::uint8_t* out) noexcept {
  using source = Source;
  const std::size_t first = begin / source::unit_quads;
  const std::size_t last = ceil_div(end, source::unit_quads);
  std::uint8_t* line = out;
  for (std::size_t unit = first; unit < last; ++unit) {
    const std::uint8_t* bytes = panel + unit * source::unit_bytes;
    [&]<std::size_t... Q>(std::index_sequence<Q...>) {
      (source::template quad<Q>(bytes).store(line + 64 * Q), ...);
    }(std::make_index_sequence<source::unit_quads>{});
    line += 64 * source::unit_quads;
  }
  return out + 64 * (begin - first * source::unit_quads);
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
