// SPDX-License-Identifier: MIT
// Halftone: the sums of a tile where the instruction set multiplies two rows by two quads at a time: `tile_sums` with the same
// members. An odd last row is multiplied twice, and a quad that is left over meets zeros.
#pragma once

#include <halftone/gemm/prepared_activations.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

template <class Arch, class Source, std::size_t Rows, class PairSequence, class PanelSequence>
struct row_pair_sums;

template <class Arch, class Source, std::size_t Rows, std::size_t... R, std::size_t... P>
struct row_pair_sums<Arch, Source, Rows, std::index_sequence<R...>, std::index_sequence<P...>> {
  using dots = row_pair_dot<Arch>;
  static constexpr std::size_t panels = sizeof...(P);
  static constexpr std::size_t quad_size = quad_bytes<activation_format::signed_bytes>;
  struct pair_sums {
    typename dots::sum panel[panels];
  };
  /// The lines of two quads, one a panel.
  struct two_lines {
    byte_line<Arch> first[panels];
    byte_line<Arch> second[panels];
  };
  struct pair_activations {
    typename dots::activations pair[sizeof...(R)];
  };
  pair_sums pair[sizeof...(R)];

  /// sums += quad Q of the units from `lines` on times quad A of the activations; sums = ... if Starts.
  template <std::size_t Q, std::size_t A = Q, bool Starts = false>
  HALFTONE_INLINE void add_quad(const std::uint8_t* const* lines, const std::uint8_t* activations,
                                std::size_t row_bytes) noexcept {
    const byte_line<Arch> none = byte_line<Arch>::each([](auto) HALFTONE_INLINE_LAMBDA { return native<Arch>::zero(); });
    add_step<A, Starts>({{line<Q>(lines[P])...}, {((void)P, none)...}}, activations, row_bytes);
  }
  HALFTONE_INLINE void clear() noexcept { (start_pair<R>(), ...); }
  /// sums += quads First, First + 1, ... of the units times quads A, A + 1, ... of the activations; sums = ... if Starts.
  template <std::size_t First, std::size_t A, bool Starts, std::size_t... I>
  HALFTONE_INLINE void add_quads(std::index_sequence<I...>, const std::uint8_t* const* lines, const std::uint8_t* activations,
                                 std::size_t row_bytes) noexcept {
    add_range<First, A, sizeof...(I), Starts>(lines, activations, row_bytes);
  }
  template <bool Starts, std::size_t... Q>
  HALFTONE_INLINE void add_unit(std::index_sequence<Q...>, const std::uint8_t* const* lines, const std::uint8_t* activations,
                                std::size_t row_bytes) noexcept {
    add_range<0, 0, sizeof...(Q), Starts>(lines, activations, row_bytes);
  }

  /// Gives every sum to keep(row, panel, of_panel(panel), sum).
  template <class OfPanel, class Keep>
  HALFTONE_INLINE void for_each(const OfPanel& of_panel, const Keep& keep) const noexcept {
    const decltype(of_panel(0)) parameters[panels] = {of_panel(P)...};
    (each_panel<R>(keep, parameters), ...);
  }

 private:
  template <std::size_t Q>
  [[nodiscard]] HALFTONE_INLINE static byte_line<Arch> line(const std::uint8_t* lines) noexcept {
    return Source::template quad<Q % Source::unit_quads>(lines + Q / Source::unit_quads * Source::unit_bytes);
  }
  /// Two quads at a time, then the one that is left over.
  template <std::size_t Q, std::size_t A, std::size_t Count, bool Starts>
  HALFTONE_INLINE void add_range(const std::uint8_t* const* lines, const std::uint8_t* activations,
                                 std::size_t row_bytes) noexcept {
    if constexpr (Count == 1) {
      add_quad<Q, A, Starts>(lines, activations, row_bytes);
    } else if constexpr (Count >= 2) {
      add_step<A, Starts>({{line<Q>(lines[P])...}, {line<Q + 1>(lines[P])...}}, activations, row_bytes);
      add_range<Q + 2, A + 2, Count - 2, false>(lines, activations, row_bytes);
    }
  }
  template <std::size_t A, bool Starts>
  HALFTONE_INLINE void add_step(const two_lines& lines, const std::uint8_t* activations, std::size_t row_bytes) noexcept {
    if constexpr (Starts) {
      (start_pair<R>(), ...);
    }
    const pair_activations a{{dots::load(activations + row_of<2 * R>(row_bytes) + A * quad_size,
                                         activations + row_of<2 * R + 1>(row_bytes) + A * quad_size)...}};
    [&]<std::size_t... I>(std::index_sequence<I...>) HALFTONE_INLINE_LAMBDA {
      (add_part<I>(lines, a), ...);
    }(std::make_index_sequence<dots::parts>{});
  }
  /// A part of all panels against all pairs, before the next part: its weights are in few registers, and not for long.
  template <std::size_t I>
  HALFTONE_INLINE void add_part(const two_lines& lines, const pair_activations& a) noexcept {
    (add_part_of_panel<I, P>(dots::template prepared<I>(lines.first[P], lines.second[P]), a), ...);
  }
  template <std::size_t I, std::size_t Panel>
  HALFTONE_INLINE void add_part_of_panel(const typename dots::weights& w, const pair_activations& a) noexcept {
    (dots::template add<I>(pair[R].panel[Panel], w, a.pair[R]), ...);
  }
  template <std::size_t Pair>
  HALFTONE_INLINE void start_pair() noexcept {
    ((pair[Pair].panel[P] = dots::zero()), ...);
  }
  template <std::size_t Row>
  [[nodiscard]] HALFTONE_INLINE static std::size_t row_of(std::size_t row_bytes) noexcept {
    return (Row < Rows ? Row : Rows - 1) * row_bytes;
  }
  template <std::size_t Pair, class Keep, class Parameters>
  HALFTONE_INLINE void each_panel(const Keep& keep, const Parameters (&parameters)[panels]) const noexcept {
    (keep(2 * Pair, P, parameters[P], dots::template columns<0>(pair[Pair].panel[P])), ...);
    if constexpr (2 * Pair + 1 < Rows) {
      (keep(2 * Pair + 1, P, parameters[P], dots::template columns<1>(pair[Pair].panel[P])), ...);
    }
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
