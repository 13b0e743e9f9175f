// SPDX-License-Identifier: MIT
// Halftone: the integer micro-kernel: a tile of rows times panels over a range of quads of one group.
//
// Written once over the leaf's dot shape: `dot<Arch, Bits>` says how many quads may be added before a sum must be widened,
// byte lines come from a source (bit planes or decoded lines), columns stay in lanes.
#pragma once

#include <halftone/gemm/line_source.hpp>
#include <halftone/gemm/prepared_activations.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Adds the products of quads [0, quads) to int32 totals.
///
/// @param lines        Panels pointers: the line source of each panel at the first quad
/// @param activations  the first row's prepared quads; rows follow at row_bytes
/// @param totals       [Rows][Panels][16]; written, or added to if `accumulate`
/// Padding: with a source of several quads a unit, `quads` may be rounded up, since both sides hold zeros there.
template <class Arch, unsigned Bits, class Source, std::size_t Rows, std::size_t Panels>
HALFTONE_INLINE void integer_tile(const std::uint8_t* const* lines, const std::uint8_t* activations, std::size_t row_bytes,
                                  std::size_t quads, std::int32_t* totals, bool accumulate) noexcept {
  using dots = dot<Arch, Bits>;
  constexpr std::size_t step = Source::unit_quads;
  constexpr std::size_t quad_size = quad_bytes<dots::format>;
  constexpr std::size_t chunk = dots::quads_per_sum < step ? 1 : dots::quads_per_sum / step * step;
  static_assert(chunk % step == 0 || step == 2, "integer_tile: a unit of this source does not fit a sum");

  const std::uint8_t* panel[Panels];
#pragma GCC unroll 8
  for (std::size_t p = 0; p < Panels; ++p) {
    panel[p] = lines[p];
  }
  typename dots::sum sums[Rows][Panels];
  for (std::size_t done = 0; done < quads; done += chunk) {
    const std::size_t now = quads - done < chunk ? quads - done : chunk;
#pragma GCC unroll 8
    for (std::size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
      for (std::size_t p = 0; p < Panels; ++p) {
        sums[r][p] = dots::zero();
      }
    }
    const auto one_quad = [&]<std::size_t Q>(std::integral_constant<std::size_t, Q>)
#if defined(__GNUC__)
                              __attribute__((always_inline))
#endif
    {
      byte_line<Arch> line[Panels];
#pragma GCC unroll 8
      for (std::size_t p = 0; p < Panels; ++p) {
        line[p] = Source::template quad<Q>(panel[p]);
      }
#pragma GCC unroll 8
      for (std::size_t r = 0; r < Rows; ++r) {
        const auto a = dots::broadcast(activations + r * row_bytes + Q * quad_size);
#pragma GCC unroll 8
        for (std::size_t p = 0; p < Panels; ++p) {
          dots::pin(sums[r][p]);
          dots::add(sums[r][p], line[p], a);
        }
      }
    };
    std::size_t q = 0;
    if constexpr (chunk >= step) {
      for (; q + step <= now; q += step) {
        [&]<std::size_t... Q>(std::index_sequence<Q...>)
#if defined(__GNUC__)
            __attribute__((always_inline))
#endif
        { (one_quad(std::integral_constant<std::size_t, Q>{}), ...); }(std::make_index_sequence<step>{});
        activations += step * quad_size;
#pragma GCC unroll 8
        for (std::size_t p = 0; p < Panels; ++p) {
          panel[p] += Source::unit_bytes;
        }
      }
    }
    if constexpr (Source::unit_bytes == 64 * step) {
      for (; q < now; ++q) {
        one_quad(std::integral_constant<std::size_t, 0>{});
        activations += quad_size;
#pragma GCC unroll 8
        for (std::size_t p = 0; p < Panels; ++p) {
          panel[p] += 64;
        }
      }
    }
#pragma GCC unroll 8
    for (std::size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
      for (std::size_t p = 0; p < Panels; ++p) {
        std::int32_t* total = totals + (r * Panels + p) * panel_columns;
        auto sum = dots::widened(sums[r][p]);
        if (accumulate || done != 0) {
          sum = sum + int_columns<Arch>::load(total);
        }
        sum.store(total);
      }
    }
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
