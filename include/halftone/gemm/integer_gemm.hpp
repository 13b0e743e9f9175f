// SPDX-License-Identifier: MIT
// Halftone: multiplication with 8-bit activations by exact integer dot products, over a range of panels.
#pragma once

#include <halftone/gemm/blocking.hpp>
#include <halftone/gemm/integer_kernel.hpp>
#include <halftone/gemm/packed_matrix.hpp>
#include <halftone/gemm/super_block_fold.hpp>
#include <halftone/gemm/tile_store.hpp>

#include <bit>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// One block of rows against panels of a packed matrix. The kernels know nothing of the epilogue, so that a scheme's tiles
/// are compiled once, however many epilogues it meets.
/// @tparam Fold  what happens at the end of a group: `token_fold`, `token_group_fold` or `integer_fold`
template <class Arch, class Packed, template <class, class, std::size_t> class Fold = token_fold>
class integer_block {
  using Scheme = typename Packed::scheme_type;
  using dots = dot_of<Arch, Packed>;
  static constexpr unsigned dot_bits = dot_weights_of<Arch, Packed>::bits;
  /// Bit planes, unpacked in registers.
  using plane_lines = typename dot_weights_of<Arch, Packed>::lines;
  using activations = prepared_activations<dots::format>;
  using floats = float_columns<Arch>;
  using ints = int_columns<Arch>;
  using layout = plane_layout<Packed::bits>;
  using constants = kernel_constants<Arch>;
  static constexpr bool lines_are_codes = layout::unit_quads == 1;
  /// Lines of one quad: the packed weights, or a strip.
  using own_lines = std::conditional_t<lines_are_codes, code_lines<Arch>, decoded_lines<Arch>>;
  static constexpr std::size_t tile_rows = lines_are_codes ? constants::integer_rows : constants::unpacked_rows;
  static constexpr std::size_t tile_panels = constants::integer_panels;
  static constexpr std::size_t row_panels = constants::row_panels;  ///< for a single row
  static constexpr std::size_t most_panels = std::max(tile_panels, row_panels);
  static constexpr std::size_t block_quads = constants::block_quads;
  /// Of a strip that few rows use: it should not push them out of the cache.
  static constexpr std::size_t few_quads = std::min<std::size_t>(32, block_quads);
  static constexpr std::size_t strip_bytes = 64 * (block_quads + 16);
  /// Quads of a full group where the scheme fixes them, else 0.
  static constexpr std::size_t group_quads = [] {
    if constexpr (requires { Scheme::granularity_type::group_size; }) {
      constexpr std::size_t size = Scheme::granularity_type::group_size;
      return size % 4 == 0 ? size / 4 : std::size_t{0};
    } else {
      return std::size_t{0};
    }
  }();
  /// Bit planes repeat their order after this many quads of groups, if they are few: kernels unpack them in registers.
  static constexpr std::size_t cycle_quads = [] {
    std::size_t cycle = group_quads;
    while (cycle % layout::unit_quads != 0) {
      cycle += group_quads;
    }
    return cycle <= 24 ? cycle : std::size_t{0};
  }();
  /// Where a look-up takes several steps, lines are decoded once for more rows than a tile has.
  static constexpr bool decodes_once = !lines_are_codes && !dot_weights_of<Arch, Packed>::are_codes &&
                                       (std::size_t{1} << Packed::bits) > native<Arch>::look_up_entries;
  /// Full groups that are few quads of lines: their kernel is unrolled, unless kernels take them from bit planes.
  static constexpr bool runs_decoded = lines_are_codes || cycle_quads == 0 || decodes_once;
  static constexpr std::size_t fixed_quads =
      runs_decoded && group_quads <= 32 && group_quads % layout::unit_quads == 0 ? group_quads : std::size_t{0};
  /// Where bit planes do not repeat so, they do in blocks of this size, where groups consist of them.
  static constexpr std::size_t packed_block = 8;

 public:
  /// Bytes of workspace for `rows` rows.
  [[nodiscard]] static constexpr std::size_t workspace_bytes(std::size_t rows, const panel_geometry& g) noexcept {
    return 2 * scratch::bytes_of<float>(rows * most_panels * panel_columns) +
           scratch::bytes_of<std::int32_t>(block_sums(rows)) + strips_bytes(rows, g);
  }

  integer_block(const Packed& w, const activations& a, std::size_t rows, scratch memory)
      : w_(w),
        a_(a),
        rows_(rows),
        sums_(memory.take<float>(rows * most_panels * panel_columns)),
        totals_(memory.take<std::int32_t>(rows * most_panels * panel_columns)),
        blocks_(memory.take<std::int32_t>(block_sums(rows))),
        strips_(memory.take<std::uint8_t>(strips_bytes(rows, w.geometry()))) {}

  /// Computes panels [begin, end) and gives them to `finish`.
  void run(std::size_t begin, std::size_t end, const sink_ref& finish) const {
    std::size_t panel = begin;
    if (rows_ == 1 && !beyond_caches()) {
      panel = run_all<row_panels, 1>(panel, end, finish);
    }
    if constexpr (tile_panels > 1) {
      if (rows_ != 1) {
        panel = run_all<tile_panels, tile_rows>(panel, end, finish);
      }
    }
    run_all<1, tile_rows>(panel, end, finish);
  }

 private:
  /// Whether weights come from memory: one row then takes a panel at a time, in the order of the bytes, which the hardware
  /// fetches ahead best. From a cache, several panels share what is read of the activations.
  [[nodiscard]] bool beyond_caches() const noexcept {
    return saturated_product(panel_count(w_.shape().rows), packed_matrix<Scheme>::line_bytes(w_.geometry())) >
           constants::cached_bytes;
  }
  /// Sums of super-blocks, where there are any.
  [[nodiscard]] static constexpr std::size_t block_sums(std::size_t rows) noexcept {
    return super_block_groups<Scheme> == 0 ? 0 : rows * most_panels * panel_columns;
  }

  /// The quads that are worked on at a time: whole groups where they fit, else whole units.
  [[nodiscard]] std::size_t chunk_quads() const noexcept {
    const std::size_t group = w_.geometry().group_quads;
    const std::size_t most = lines_are_codes || rows_ > tile_rows ? block_quads : few_quads;
    return group >= most ? most : most / group * group;
  }

  template <std::size_t Panels, std::size_t MostRows>
  void run_panels(std::size_t panel) const {
    std::memset(static_cast<void*>(sums_), 0, rows_ * Panels * panel_columns * sizeof(float));
    if constexpr (super_block_groups<Scheme> != 0) {
      std::memset(static_cast<void*>(blocks_), 0, rows_ * Panels * panel_columns * sizeof(std::int32_t));
    }
    std::size_t done = 0;
    if constexpr (!lines_are_codes) {
      constexpr std::size_t step = cycle_quads != 0 ? cycle_quads : packed_block;
      constexpr std::size_t chunk = std::max(block_quads / step, std::size_t{1}) * step;
      const std::size_t end = packed_quads(rows_, w_.geometry());
      for (; done < end; done += chunk) {
        run_rows<plane_lines, Panels, MostRows>(panel, nullptr, done, std::min(done + chunk, end));
      }
      done = end;
    }
    run_decoded<Panels, MostRows>(panel, done);
  }

  /// Quads from the first on that kernels take from bit planes.
  [[nodiscard]] static constexpr std::size_t packed_quads(std::size_t rows, const panel_geometry& g) noexcept {
    if (decodes_once && rows > tile_rows) {
      return 0;
    }
    if constexpr (cycle_quads != 0) {
      return g.group_quads == group_quads ? g.quads / cycle_quads * cycle_quads : 0;  // not if K is a shorter group
    } else {
      return g.groups <= 1 || g.group_quads % packed_block == 0 ? g.quads / packed_block * packed_block : 0;
    }
  }

  /// Decoded lines need room, unless all codes are lines already or kernels take all quads from bit planes.
  [[nodiscard]] static constexpr std::size_t strips_bytes(std::size_t rows, const panel_geometry& g) noexcept {
    return lines_are_codes || packed_quads(rows, g) == g.quads ? 0 : most_panels * strip_bytes;
  }

  /// Quads from `first` on: bit planes are decoded into a strip, a chunk at a time.
  template <std::size_t Panels, std::size_t MostRows>
  void run_decoded(std::size_t panel, std::size_t first) const {
    const panel_geometry& g = w_.geometry();
    const std::size_t chunk = chunk_quads();
    for (std::size_t begin = first; begin < g.quads; begin += chunk) {
      const std::size_t end = std::min(begin + chunk, g.quads);
      const std::uint8_t* lines[Panels];
      for (std::size_t p = 0; p < Panels; ++p) {
        if constexpr (lines_are_codes) {
          lines[p] = w_.panel_lines(panel + p) + 64 * begin;
        } else {
          lines[p] = decode_lines<plane_lines>(w_.panel_lines(panel + p), begin, end, strips_ + p * strip_bytes);
        }
      }
      run_rows<own_lines, Panels, MostRows>(panel, lines, begin, end);
    }
  }

  /// Panels from `panel` on while `Panels` of them are left; returns the first that is left over.
  template <std::size_t Panels, std::size_t MostRows>
  std::size_t run_all(std::size_t panel, std::size_t end, const sink_ref& finish) const {
    for (; panel + Panels <= end; panel += Panels) {
      run_panels<Panels, MostRows>(panel);
      finish({.chains = sums_, .scales = a_.scales, .rows = rows_, .first_panel = panel, .panels = Panels});
    }
    return panel;
  }

  template <class Source, std::size_t Panels, std::size_t MostRows>
  void run_rows(std::size_t panel, const std::uint8_t* const* lines, std::size_t begin, std::size_t end) const {
    std::size_t r = 0;
    for (; r + MostRows <= rows_; r += MostRows) {
      run_tile<Source, Panels, MostRows>(panel, lines, begin, end, r);
    }
    tail_rows<Source, Panels, most_tail<Source, Panels>(MostRows)>(panel, lines, begin, end, r);
  }

  /// Where most time goes there is a tile for every number of rows; elsewhere fewer tiles are faster to compile.
  template <class Source, std::size_t Panels>
  static constexpr bool has_every_tail =
      Panels == tile_panels && (lines_are_codes || !std::is_same_v<Source, own_lines>);

  /// The largest tile for rows that are left over. Lines of a strip that only end what bit planes hold have just one more tile.
  template <class Source, std::size_t Panels>
  [[nodiscard]] static consteval std::size_t most_tail(std::size_t rows) {
    if (has_every_tail<Source, Panels>) {
      return rows - 1;
    }
    return std::is_same_v<Source, own_lines> && !runs_decoded ? std::min<std::size_t>(rows - 1, 1) : std::bit_floor(rows - 1);
  }

  template <class Source, std::size_t Panels, std::size_t Rows>
  void tail_rows(std::size_t panel, const std::uint8_t* const* lines, std::size_t begin, std::size_t end,
                 std::size_t r) const {
    if constexpr (Rows > 0 && has_every_tail<Source, Panels>) {
      if (rows_ - r == Rows) {
        run_tile<Source, Panels, Rows>(panel, lines, begin, end, r);
      } else {
        tail_rows<Source, Panels, Rows - 1>(panel, lines, begin, end, r);
      }
    } else if constexpr (Rows > 0) {
      for (; rows_ - r >= Rows; r += Rows) {
        run_tile<Source, Panels, Rows>(panel, lines, begin, end, r);
      }
      tail_rows<Source, Panels, Rows / 2>(panel, lines, begin, end, r);
    }
  }

  /// One tile over the groups that lie in [begin, end).
  template <class Source, std::size_t Panels, std::size_t Rows>
  void run_tile(std::size_t panel, const std::uint8_t* const* lines, std::size_t begin, std::size_t end,
                std::size_t r) const {
    const std::size_t tile = r * Panels * panel_columns;
    Fold<Arch, Packed, Panels> fold(w_, a_, panel, begin / w_.geometry().group_quads, r, {sums_ + tile, blocks_ + tile});
    tile_data data{.activations = a_.codes + r * a_.row_bytes + begin * quad_bytes<dots::format>,
                   .row_bytes = a_.row_bytes,
                   .totals = totals_ + tile};
    if constexpr (std::is_same_v<Source, own_lines>) {
      run_groups<Panels, Rows>(lines, data, fold, begin, end);
    } else if constexpr (cycle_quads != 0) {
      run_cycles<Panels, Rows>(panel, data, fold, begin, end, std::make_index_sequence<cycle_quads / group_quads>{});
    } else {
      run_blocks<Panels, Rows>(panel, data, fold, begin, end);
    }
  }

  /// Decoded lines, group by group.
  template <std::size_t Panels, std::size_t Rows>
  HALFTONE_INLINE void run_groups(const std::uint8_t* const* lines, tile_data& data, Fold<Arch, Packed, Panels>& fold,
                                  std::size_t begin, std::size_t end) const {
    using source = own_lines;
    const panel_geometry& g = w_.geometry();
    const std::uint8_t* at[Panels];
    for (std::size_t p = 0; p < Panels; ++p) {
      at[p] = lines[p];
    }
    const auto advance = [&](std::size_t quads) HALFTONE_INLINE_LAMBDA {
      data.activations += quads * quad_bytes<dots::format>;
      for (std::size_t p = 0; p < Panels; ++p) {
        at[p] += 64 * quads;
      }
    };
    std::size_t group = begin / g.group_quads;
    std::size_t quad = begin;
    if constexpr (fixed_quads != 0 && (Rows == 1 || Rows == tile_rows)) {  // the tiles that most time goes to
      for (; quad + fixed_quads <= end && g.quad_end(group) == quad + fixed_quads; ++group, fold.next()) {
        integer_tile<Arch, dot_bits, source, Rows, Panels>(at, data, std::integral_constant<std::size_t, fixed_quads>{},
                                                               false, true, fold);
        advance(fixed_quads);
        quad += fixed_quads;
      }
    }
    for (; quad < end; ++group, fold.next()) {
      const std::size_t last = std::min(g.quad_end(group), end);
      integer_tile<Arch, dot_bits, source, Rows, Panels>(at, data, last - quad, quad != g.quad_begin(group),
                                                             last == g.quad_end(group), fold);
      advance(last - quad);
      quad = last;
    }
  }

  /// Bit planes from the panel's start to quad `end`, a cycle of groups at a time.
  template <std::size_t Panels, std::size_t Rows, std::size_t... Group>
  HALFTONE_INLINE void run_cycles(std::size_t panel, tile_data& data, Fold<Arch, Packed, Panels>& fold,
                                  std::size_t begin, std::size_t end, std::index_sequence<Group...>) const {
    const std::uint8_t* at[Panels];
    packed_begin<Panels>(panel, begin, at);
    const auto take = [&]<std::size_t First>(std::integral_constant<std::size_t, First>) HALFTONE_INLINE_LAMBDA {
      packed_tile<Arch, dot_bits, plane_lines, Rows, Panels, First, group_quads>(at, data, false, true,
                                                                                                        fold);
      data.activations += group_quads * quad_bytes<dots::format>;
      fold.next();
    };
    for (std::size_t quad = begin; quad < end; quad += cycle_quads) {
      (take(std::integral_constant<std::size_t, Group * group_quads>{}), ...);
      packed_next<Panels, cycle_quads>(at);
    }
  }

  /// The same, a block at a time, several blocks a group.
  template <std::size_t Panels, std::size_t Rows>
  HALFTONE_INLINE void run_blocks(std::size_t panel, tile_data& data, Fold<Arch, Packed, Panels>& fold,
                                  std::size_t begin, std::size_t end) const {
    const std::uint8_t* at[Panels];
    packed_begin<Panels>(panel, begin, at);
    const std::size_t group = w_.geometry().group_quads;
    std::size_t within = begin % group;
    if constexpr (dots::quads_per_sum == any_number_of_quads) {
      for (std::size_t quad = begin; quad < end;) {
        const std::size_t now = std::min(group - within, end - quad);
        const bool last = within + now == group || quad + now == w_.geometry().quads;
        packed_blocks<Arch, dot_bits, plane_lines, Rows, Panels, packed_block>(
            at, data, now / packed_block, within != 0, last, fold);
        quad += now;
        within = last ? 0 : within + now;
        if (last) {
          fold.next();
        }
      }
      return;
    }
    for (std::size_t quad = begin; quad < end; quad += packed_block) {
      const bool last = within + packed_block == group || quad + packed_block == w_.geometry().quads;
      packed_tile<Arch, dot_bits, plane_lines, Rows, Panels, 0, packed_block>(at, data, within != 0,
                                                                                                     last, fold);
      data.activations += packed_block * quad_bytes<dots::format>;
      packed_next<Panels, packed_block>(at);
      within += packed_block;
      if (last) {
        within = 0;
        fold.next();
      }
    }
  }

  template <std::size_t Panels>
  HALFTONE_INLINE void packed_begin(std::size_t panel, std::size_t quad, const std::uint8_t** at) const noexcept {
    for (std::size_t p = 0; p < Panels; ++p) {
      at[p] = w_.panel_lines(panel + p) + quad / layout::unit_quads * layout::unit_bytes;
    }
  }
  template <std::size_t Panels, std::size_t Quads>
  HALFTONE_INLINE static void packed_next(const std::uint8_t** at) noexcept {
    static_assert(Quads % layout::unit_quads == 0);
    for (std::size_t p = 0; p < Panels; ++p) {
      at[p] += Quads / layout::unit_quads * layout::unit_bytes;
    }
  }

  const Packed& w_;
  const activations& a_;
  std::size_t rows_;
  float* sums_;            // [rows][panels][16], chains of fused steps
  std::int32_t* totals_;   // [rows][panels][16], the group at hand
  std::int32_t* blocks_;   // likewise, the super-block at hand
  std::uint8_t* strips_;   // decoded lines
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
