// SPDX-License-Identifier: MIT
// Halftone: single codes in the bit planes of a packed panel.
#pragma once

#include <halftone/gemm/panel_layout.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Writes a packed code (one byte) of (column, k) into the bit planes of a panel.
template <unsigned Bits>
HALFTONE_INLINE void write_packed(std::uint8_t* panel, const panel_geometry& geometry, std::size_t column, std::size_t k,
                                  std::uint8_t code) noexcept {
  using layout = plane_layout<Bits>;
  const std::size_t group = k / geometry.run;
  const std::size_t within = k - group * geometry.run;
  const std::size_t quad = group * geometry.group_quads + within / 4;
  const std::size_t q = quad % layout::unit_quads;
  std::uint8_t* unit = panel + quad / layout::unit_quads * layout::unit_bytes + 4 * column + within % 4;
  const unsigned low = code & ((1u << layout::low) - 1);
  std::uint8_t& low_byte = unit[64 * (q / layout::low_quads)];
  low_byte = static_cast<std::uint8_t>(low_byte | low << (layout::low * (q % layout::low_quads)));
  if constexpr (layout::high != 0) {
    const unsigned high = code >> layout::low;
    std::uint8_t& high_byte = unit[64 * (layout::low_lines + q / layout::high_quads)];
    high_byte = static_cast<std::uint8_t>(high_byte | high << (layout::high * (q % layout::high_quads)));
  }
}

/// Reads the packed code of (column, k).
template <unsigned Bits>
[[nodiscard]] HALFTONE_INLINE std::uint8_t read_packed(const std::uint8_t* panel, const panel_geometry& geometry,
                                                       std::size_t column, std::size_t k) noexcept {
  using layout = plane_layout<Bits>;
  const std::size_t group = k / geometry.run;
  const std::size_t within = k - group * geometry.run;
  const std::size_t quad = group * geometry.group_quads + within / 4;
  const std::size_t q = quad % layout::unit_quads;
  const std::uint8_t* unit = panel + quad / layout::unit_quads * layout::unit_bytes + 4 * column + within % 4;
  unsigned code = unit[64 * (q / layout::low_quads)] >> (layout::low * (q % layout::low_quads)) & ((1u << layout::low) - 1);
  if constexpr (layout::high != 0) {
    const unsigned high = unit[64 * (layout::low_lines + q / layout::high_quads)] >>
                              (layout::high * (q % layout::high_quads)) &
                          ((1u << layout::high) - 1);
    code |= high << layout::low;
  }
  return static_cast<std::uint8_t>(code);
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
