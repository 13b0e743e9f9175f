// SPDX-License-Identifier: MIT
// Codes written one by one into bit planes come out of the lines, whatever the width and wherever decoding starts.
#include <halftone/core/aligned_buffer.hpp>
#include <halftone/core/random.hpp>
#include <halftone/gemm/line_source.hpp>
#include <halftone/gemm/packed_codes.hpp>

#include <doctest/doctest.h>

using namespace halftone;

TEST_CASE_TEMPLATE("bit planes decode to the codes that were written", Bits, std::integral_constant<unsigned, 1>,
                   std::integral_constant<unsigned, 2>, std::integral_constant<unsigned, 3>,
                   std::integral_constant<unsigned, 4>, std::integral_constant<unsigned, 5>,
                   std::integral_constant<unsigned, 6>, std::integral_constant<unsigned, 7>,
                   std::integral_constant<unsigned, 8>) {
  constexpr unsigned bits = Bits::value;
  using layout = plane_layout<bits>;
  const auto g = panel_geometry::of(131, 30);
  aligned_buffer<std::uint8_t> panel(ceil_div(g.quads, layout::unit_quads) * layout::unit_bytes);
  const auto code_at = [](std::size_t column, std::size_t k) {
    return static_cast<std::uint8_t>(random_bits(column, k) & ((1u << bits) - 1));
  };
  for (std::size_t column = 0; column < panel_columns; ++column) {
    for (std::size_t k = 0; k < g.k; ++k) {
      write_packed<bits>(panel.data(), g, column, k, code_at(column, k));
    }
  }
  for (std::size_t column = 0; column < panel_columns; ++column) {
    for (std::size_t k = 0; k < g.k; ++k) {
      CHECK(read_packed<bits>(panel.data(), g, column, k) == code_at(column, k));
    }
  }
  aligned_buffer<std::uint8_t> lines(64 * (g.quads + 16));
  for (std::size_t begin = 0; begin < g.quads; begin += 3) {
    const std::uint8_t* line = decode_lines<packed_lines<default_arch, bits>>(panel.data(), begin, g.quads, lines.data());
    for (std::size_t group = 0; group < g.groups; ++group) {
      for (std::size_t k = g.group_begin(group); k < g.group_end(group); ++k) {
        const std::size_t within = k - g.group_begin(group);
        const std::size_t quad = g.quad_begin(group) + within / 4;
        if (quad >= begin) {
          CHECK(line[64 * (quad - begin) + 4 * 5 + within % 4] == code_at(5, k));
        }
      }
    }
  }
}
