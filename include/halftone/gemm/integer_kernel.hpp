// SPDX-License-Identifier: MIT
// Halftone: the integer micro-kernel: a tile of rows times panels over a range of quads of one group.
//
// Written once over the leaf's dot shape: `dot<Arch, Bits>` says how many quads may be added before a sum must be widened,
// byte lines come from a source (bit planes or decoded lines), columns stay in lanes.
#pragma once

#include <halftone/gemm/line_source.hpp>
#include <halftone/gemm/prepared_activations.hpp>
#include <halftone/gemm/row_pair_sums.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// What a tile needs to know of its data.
struct tile_data {
  const std::uint8_t* activations;  ///< the first row's prepared quads
  std::size_t row_bytes;            ///< from one row of activations to the next
  std::int32_t* totals;             ///< [Rows][Panels][16]: sums of a group that spans several calls or chunks
};

/// The sums of a tile and the steps on them. Every index is a template argument, so that compilers keep the sums in
/// registers: an index that a loop computes sends the whole array to memory with g++.
template <class Arch, unsigned Bits, class Source, class RowSequence, class PanelSequence>
struct tile_sums;

template <class Arch, unsigned Bits, class Source, std::size_t... R, std::size_t... P>
struct tile_sums<Arch, Bits, Source, std::index_sequence<R...>, std::index_sequence<P...>> {
  using dots = dot<Arch, Bits>;
  static constexpr std::size_t panels = sizeof...(P);
  struct row_sums {
    typename dots::sum panel[panels];
  };
  struct line_weights {
    typename dots::weights panel[panels];
  };
  row_sums row[sizeof...(R)];

  HALFTONE_INLINE void clear() noexcept { (clear_row<R>(), ...); }
  /// sums += quad Q of the units from `lines` on times quad A of the activations; sums = ... if Starts.
  template <std::size_t Q, std::size_t A = Q, bool Starts = false>
  HALFTONE_INLINE void add_quad(const std::uint8_t* const* lines, const std::uint8_t* activations,
                                std::size_t row_bytes) noexcept {
    add_line<Q, A, Starts>(lines, row_pointers{{activations + R * row_bytes...}});
  }
  /// sums += quads First, First + 1, ... of the units times quads A, A + 1, ... of the activations; sums = ... if Starts.
  template <std::size_t First, std::size_t A, bool Starts, std::size_t... I>
  HALFTONE_INLINE void add_quads(std::index_sequence<I...>, const std::uint8_t* const* lines,
                                 const std::uint8_t* activations, std::size_t row_bytes) noexcept {
    const row_pointers rows{{fresh(activations + R * row_bytes)...}};
    (add_line<First + I, A + I, Starts && I == 0>(lines, rows), ...);
  }
  template <bool Starts, std::size_t... Q>
  HALFTONE_INLINE void add_unit(std::index_sequence<Q...>, const std::uint8_t* const* lines,
                                const std::uint8_t* activations, std::size_t row_bytes) noexcept {
    (add_quad<Q, Q, Starts && Q == 0>(lines, activations, row_bytes), ...);
  }

  /// Gives every sum, widened, to keep(row, panel, of_panel(panel), sum).
  template <class OfPanel, class Keep>
  HALFTONE_INLINE void for_each(const OfPanel& of_panel, const Keep& keep) const noexcept {
    const decltype(of_panel(0)) parameters[panels] = {of_panel(P)...};
    (each_panel<R>(keep, parameters), ...);
  }

 private:
  struct row_pointers {
    const std::uint8_t* at[sizeof...(R)];
  };
  template <std::size_t Q, std::size_t A, bool Starts>
  HALFTONE_INLINE void add_line(const std::uint8_t* const* lines, const row_pointers& rows) noexcept {
    constexpr std::size_t unit = Q / Source::unit_quads * Source::unit_bytes;
    const byte_line<Arch> line[panels] = {Source::template quad<Q % Source::unit_quads>(lines[P] + unit)...};
    add_step<A, 0, Starts>(line, rows);
    if constexpr (dots::steps == 2) {
      add_step<A, 1, false>(line, rows);
    }
  }
  template <std::size_t A, std::size_t Step, bool Starts>
  HALFTONE_INLINE void add_step(const byte_line<Arch> (&line)[panels], const row_pointers& rows) noexcept {
    line_weights w{{dots::template prepared<Step>(line[P])...}};
    if constexpr (sizeof...(R) > 1 && requires { dots::keep(w.panel[0]); }) {
      (dots::keep(w.panel[P]), ...);
    }
    (add_row<R, Starts>(w, dots::template broadcast<Step>(rows.at[R] + A * quad_bytes<dots::format>)), ...);
  }
  template <std::size_t Row>
  HALFTONE_INLINE void clear_row() noexcept {
    ((row[Row].panel[P] = dots::zero()), ...);
  }
  template <std::size_t Row, bool Starts>
  HALFTONE_INLINE void add_row(const line_weights& w, const typename dots::quad& a) noexcept {
    (add_one<Starts>(row[Row].panel[P], w.panel[P], a), ...);
  }
  template <bool Starts>
  HALFTONE_INLINE static void add_one(typename dots::sum& sum, const typename dots::weights& w,
                                      const typename dots::quad& a) noexcept {
    if constexpr (Starts) {
      sum = dots::zero();
      dots::add(sum, w, a);
    } else {
      dots::pin(sum);
      dots::add(sum, w, a);
    }
  }
  template <std::size_t Row, class Keep, class Parameters>
  HALFTONE_INLINE void each_panel(const Keep& keep, const Parameters (&parameters)[panels]) const noexcept {
    (keep(Row, P, parameters[P], dots::widened(row[Row].panel[P])), ...);
  }
};

namespace isa_detail {
template <class Arch, unsigned Bits, class Source, std::size_t Rows, std::size_t Panels>
struct sums_of_tile {
  using type = tile_sums<Arch, Bits, Source, std::make_index_sequence<Rows>, std::make_index_sequence<Panels>>;
};
template <class Arch, unsigned Bits, class Source, std::size_t Rows, std::size_t Panels>
  requires(multiplies_row_pairs<Arch> && Rows > 1)
struct sums_of_tile<Arch, Bits, Source, Rows, Panels> {
  using type = row_pair_sums<Arch, Source, Rows, std::make_index_sequence<(Rows + 1) / 2>, std::make_index_sequence<Panels>>;
};
}  // namespace isa_detail

/// The sums of a tile of `Rows` rows and `Panels` panels.
template <class Arch, unsigned Bits, class Source, std::size_t Rows, std::size_t Panels>
using sums_of = typename isa_detail::sums_of_tile<Arch, Bits, Source, Rows, Panels>::type;

/// Adds what `totals` holds if `adds`, then hands the sums to finish(row, panel, parameters, sum), with what finish.of_panel
/// makes for all rows of a panel, and calls finish.ended; or keeps them in `totals`.
template <std::size_t Rows, std::size_t Panels, class Sums, class Finish>
HALFTONE_INLINE void keep_sums(const Sums& sums, std::int32_t* totals, bool adds, bool ends, const Finish& finish) noexcept {
  const auto total_of = [&](std::size_t r, std::size_t p) HALFTONE_INLINE_LAMBDA {
    return fresh(totals) + (r * Panels + p) * panel_columns;
  };
  if (ends) {
    sums.for_each([&](std::size_t p) HALFTONE_INLINE_LAMBDA { return finish.of_panel(p); },
                  [&]<class Parameters, class Columns>(std::size_t r, std::size_t p, const Parameters& parameters, Columns sum)
                      HALFTONE_INLINE_LAMBDA {
                        if (adds) {
                          sum = sum + Columns::load(total_of(r, p));
                        }
                        finish(r, p, parameters, sum);
                      });
    finish.template ended<Rows>();
  } else {
    sums.for_each([](std::size_t) HALFTONE_INLINE_LAMBDA { return 0; },
                  [&]<class Columns>(std::size_t r, std::size_t p, int, Columns sum) HALFTONE_INLINE_LAMBDA {
                    if (adds) {
                      sum = sum + Columns::load(total_of(r, p));
                    }
                    sum.store(total_of(r, p));
                  });
  }
}

/// Multiplies the quads [First, First + Count) of the units from `lines` on, all in one group: no loop, every line unpacked in
/// registers wherever it lies in its unit.
/// @param data  its activations are those of quad First
template <class Arch, unsigned Bits, class Source, std::size_t Rows, std::size_t Panels, std::size_t First, std::size_t Count,
          std::size_t Done = 0, class Finish>
HALFTONE_INLINE void packed_tile(const std::uint8_t* const* lines, const tile_data& data, bool accumulate, bool last,
                                 const Finish& finish) noexcept {
  constexpr std::size_t left = Count - Done;
  constexpr std::size_t now = left < dot<Arch, Bits>::quads_per_sum ? left : dot<Arch, Bits>::quads_per_sum;
  {
    sums_of<Arch, Bits, Source, Rows, Panels> sums;
    sums.template add_quads<First + Done, Done, true>(std::make_index_sequence<now>{}, lines, data.activations,
                                                     data.row_bytes);
    keep_sums<Rows, Panels>(sums, data.totals, accumulate || Done != 0, last && now == left, finish);
  }
  if constexpr (now != left) {
    packed_tile<Arch, Bits, Source, Rows, Panels, First, Count, Done + now>(lines, data, accumulate, last, finish);
  }
}

/// The same for `blocks` blocks of `Block` quads, where a sum holds any number of quads; lines and activations move on.
template <class Arch, unsigned Bits, class Source, std::size_t Rows, std::size_t Panels, std::size_t Block, class Finish>
HALFTONE_INLINE void packed_blocks(const std::uint8_t** lines, tile_data& data, std::size_t blocks, bool accumulate, bool last,
                                   const Finish& finish) noexcept {
  sums_of<Arch, Bits, Source, Rows, Panels> sums;
  sums.clear();
  for (std::size_t block = 0; block < blocks; ++block) {
    sums.template add_quads<0, 0, false>(std::make_index_sequence<Block>{}, lines, data.activations, data.row_bytes);
    data.activations += Block * quad_bytes<dot<Arch, Bits>::format>;
#pragma GCC unroll 8
    for (std::size_t p = 0; p < Panels; ++p) {
      lines[p] += Block / Source::unit_quads * Source::unit_bytes;
    }
  }
  keep_sums<Rows, Panels>(sums, data.totals, accumulate, last, finish);
}

/// Multiplies quads [0, quads) of one group and hands the int32 sums to `finish`, or keeps them in totals.
///
/// @param lines       the line source of each panel at the first quad
/// @param quads       a number, or an integral_constant that lets the compiler unroll
/// @param accumulate  whether totals holds sums of earlier quads of the group
/// @param last        whether the group ends here
/// Padding: with a source of several quads a unit, `quads` may be rounded up, since both sides hold zeros there.
template <class Arch, unsigned Bits, class Source, std::size_t Rows, std::size_t Panels, class Quads, class Finish>
HALFTONE_INLINE void integer_tile(const std::uint8_t* const* lines, const tile_data& data, Quads quads, bool accumulate,
                                  bool last, const Finish& finish) noexcept {
  using dots = dot<Arch, Bits>;
  constexpr std::size_t step = Source::unit_quads;
  constexpr bool lines_are_quads = Source::unit_bytes == 64 * step;
  constexpr std::size_t chunk = dots::quads_per_sum < step ? 1 : dots::quads_per_sum / step * step;
  // Row pairs are best with two quads; elsewhere one quad less would have to be tested for.
  constexpr bool starts_with_unit = multiplies_row_pairs<Arch> && requires { requires Quads::value >= step; };
  static_assert(chunk % step == 0 || lines_are_quads, "integer_tile: a unit of this source does not fit a sum");

  const std::uint8_t* activations = data.activations;
  const std::uint8_t* panel[Panels];
#pragma GCC unroll 8
  for (std::size_t p = 0; p < Panels; ++p) {
    panel[p] = lines[p];
  }
  const auto advance = [&](std::size_t bytes, std::size_t count) {
    activations += count * quad_bytes<dots::format>;
#pragma GCC unroll 8
    for (std::size_t p = 0; p < Panels; ++p) {
      panel[p] += bytes;
    }
  };
  for (std::size_t done = 0; done < quads; done += chunk) {
    const std::size_t now = quads - done < chunk ? quads - done : chunk;
    sums_of<Arch, Bits, Source, Rows, Panels> sums;
    std::size_t q = 0;
    if constexpr (lines_are_quads && !starts_with_unit) {
      sums.template add_quad<0, 0, true>(panel, activations, data.row_bytes);
      advance(64, 1);
      q = 1;
    } else {
      sums.template add_unit<true>(std::make_index_sequence<step>{}, panel, activations, data.row_bytes);
      advance(Source::unit_bytes, step);
      q = step;
    }
    if constexpr (chunk >= step) {
      for (; q + step <= now; q += step) {
        if constexpr (Rows > 1 && requires { Source::fetch_ahead(activations); }) {  // one row reads faster without
#pragma GCC unroll 8
          for (std::size_t p = 0; p < Panels; ++p) {
            Source::fetch_ahead(panel[p]);
          }
        }
        sums.template add_unit<false>(std::make_index_sequence<step>{}, panel, activations, data.row_bytes);
        advance(Source::unit_bytes, step);
      }
    }
    if constexpr (lines_are_quads) {
      for (; q < now; ++q) {
        sums.template add_quad<0>(panel, activations, data.row_bytes);
        advance(64, 1);
      }
    }
    keep_sums<Rows, Panels>(sums, data.totals, accumulate || done != 0, last && done + chunk >= quads, finish);
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
