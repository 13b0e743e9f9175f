// SPDX-License-Identifier: MIT
// Halftone: the quad16 layout: where a code of a packed panel lies.
//
// A panel is 16 columns. A quad is 4 consecutive k of one group; its line is 64 bytes, [16 columns][4 k]. Below 8 bits a
// unit of several quads shares lines as bit planes: a low plane of 1, 2 or 4 bits a code, and for 3, 5 and 6 bits a high
// plane of 1 or 2 bits, so that unpacking is shift and mask. Every group starts on a quad; units run on across groups;
// only the panel's end is padded. Padding is zero. The bytes do not depend on the instruction set.
#pragma once

#include <halftone/core/arithmetic.hpp>
#include <halftone/core/matrix_view.hpp>
#include <halftone/simd/arch.hpp>

#include <algorithm>

namespace halftone::inline v0_1 {

/// Bit planes of codes of `Bits` bits. Seven bits are stored as eight.
template <unsigned Bits>
struct plane_layout {
  static constexpr unsigned high = Bits == 3 || Bits == 5 ? 1 : Bits == 6 ? 2 : 0;
  static constexpr unsigned low = Bits == 7 ? 8 : Bits - high;
  static constexpr std::size_t low_quads = 8 / low;                     ///< quads that share a line of the low plane
  static constexpr std::size_t high_quads = high == 0 ? 1 : 8 / high;   ///< and of the high plane
  static constexpr std::size_t unit_quads = std::max(low_quads, high_quads);
  static constexpr std::size_t low_lines = unit_quads / low_quads;
  static constexpr std::size_t high_lines = high == 0 ? 0 : unit_quads / high_quads;
  static constexpr std::size_t unit_bytes = 64 * (low_lines + high_lines);
};

/// How the k of a panel are grouped into quads.
struct panel_geometry {
  std::size_t k = 0;            ///< weights along k
  std::size_t run = 1;          ///< weights of a full group
  std::size_t groups = 0;       ///< groups along k
  std::size_t group_quads = 0;  ///< quads of a full group: ceil(run / 4)
  std::size_t quads = 0;        ///< quads of a panel

  [[nodiscard]] static constexpr panel_geometry of(std::size_t k, std::size_t run) noexcept {
    panel_geometry g{.k = k, .run = std::max<std::size_t>(std::min(run, k), 1)};
    g.groups = ceil_div(k, g.run);
    g.group_quads = ceil_div(g.run, 4);
    g.quads = g.groups == 0 ? 0 : (g.groups - 1) * g.group_quads + ceil_div(k - (g.groups - 1) * g.run, 4);
    return g;
  }
  [[nodiscard]] constexpr std::size_t group_begin(std::size_t group) const noexcept { return group * run; }
  [[nodiscard]] constexpr std::size_t group_end(std::size_t group) const noexcept {
    return std::min((group + 1) * run, k);
  }
  [[nodiscard]] constexpr std::size_t quad_begin(std::size_t group) const noexcept { return group * group_quads; }
  [[nodiscard]] constexpr std::size_t quad_end(std::size_t group) const noexcept {
    return std::min((group + 1) * group_quads, quads);
  }
  /// Whether consecutive k lie in consecutive bytes of the lines.
  [[nodiscard]] constexpr bool contiguous() const noexcept { return groups <= 1 || run % 4 == 0; }
};

/// Panels that hold n columns.
[[nodiscard]] constexpr std::size_t panel_count(std::size_t n) noexcept { return ceil_div(n, panel_columns); }

}  // namespace halftone::inline v0_1
