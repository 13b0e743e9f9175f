// SPDX-License-Identifier: MIT
// Halftone: multiplication with 8-bit activations by exact integer dot products, over a range of panels.
#pragma once

#include <halftone/gemm/blocking.hpp>
#include <halftone/gemm/integer_kernel.hpp>
#include <halftone/gemm/packed_matrix.hpp>
#include <halftone/gemm/tile_store.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// What packing added to the levels of symmetric codes.
template <class Scheme>
inline constexpr std::int32_t packing_bias = packed_bias<typename Scheme::element_type>();

/// The factor of prepared sums: the bias where nothing else needs the sums, otherwise 0 for "as they are".
template <class Scheme>
inline constexpr std::int32_t folded_bias = Scheme::has_zero_point || Scheme::has_offset ? 0 : packing_bias<Scheme>;

/// One block of rows against panels of a packed matrix. The kernels know nothing of the epilogue, so that a scheme's tiles
/// are compiled once, however many epilogues it meets.
template <class Arch, class Packed>
class integer_block {
  using Scheme = typename Packed::scheme_type;
  using dots = dot<Arch, Packed::bits>;
  using activations = prepared_activations<dots::format>;
  using floats = float_columns<Arch>;
  using ints = int_columns<Arch>;
  static constexpr std::size_t tile_rows = tile_shape<Arch>::integer_rows;
  static constexpr std::size_t tile_panels = tile_shape<Arch>::integer_panels;
  static constexpr std::size_t row_panels = tile_shape<Arch>::row_panels;  ///< for a single row
  static constexpr std::size_t most_panels = std::max(tile_panels, row_panels);
  static constexpr std::size_t block_quads = blocking<Arch>::quads;
  static constexpr std::size_t strip_bytes = 64 * (block_quads + 16);
  /// Bit planes that are unpacked in registers for a single row; with more rows, and for the other widths, they are decoded
  /// into a strip first.
  static constexpr bool unpacks_in_registers = Packed::bits <= 4;
  /// Quads of a full group where the scheme fixes them and they are few: the kernel is unrolled for them.
  static constexpr std::size_t fixed_quads = [] {
    if constexpr (requires { Scheme::granularity_type::group_size; }) {
      constexpr std::size_t size = Scheme::granularity_type::group_size;
      constexpr std::size_t unit = plane_layout<Packed::bits>::unit_quads;
      return size % (4 * unit) == 0 && size <= 128 ? size / 4 : std::size_t{0};
    } else {
      return std::size_t{0};
    }
  }();
  static constexpr bool lines_are_codes = plane_layout<Packed::bits>::unit_quads == 1;

 public:
  /// Bytes of workspace for `rows` rows.
  [[nodiscard]] static constexpr std::size_t workspace_bytes(std::size_t rows) noexcept {
    return 2 * scratch::bytes_of<float>(rows * most_panels * panel_columns) + most_panels * strip_bytes;
  }

  integer_block(const Packed& w, const activations& a, std::size_t rows, scratch memory)
      : w_(w),
        a_(a),
        rows_(rows),
        sums_(memory.take<float>(rows * most_panels * panel_columns)),
        totals_(memory.take<std::int32_t>(rows * most_panels * panel_columns)),
        strips_(memory.take<std::uint8_t>(most_panels * strip_bytes)) {}

  /// Computes panels [begin, end) and gives them to `finish`.
  void run(std::size_t begin, std::size_t end, const sink_ref& finish) const {
    std::size_t panel = begin;
    if (rows_ == 1) {
      panel = run_all<row_panels, 1>(panel, end, finish);
    }
    if constexpr (tile_panels > 1) {
      panel = run_all<tile_panels, tile_rows>(panel, end, finish);
    }
    run_all<1, tile_rows>(panel, end, finish);
  }

 private:
  /// The quads that are worked on at a time: whole groups where they fit, else whole units.
  [[nodiscard]] std::size_t chunk_quads() const noexcept {
    const std::size_t group = w_.geometry().group_quads;
    return group >= block_quads ? block_quads : block_quads / group * group;
  }

  template <std::size_t Panels, std::size_t MostRows>
  void run_panels(std::size_t panel) const {
    const panel_geometry& g = w_.geometry();
    std::memset(static_cast<void*>(sums_), 0, rows_ * Panels * panel_columns * sizeof(float));
    constexpr std::size_t unit = plane_layout<Packed::bits>::unit_quads;
    const bool whole_units = g.groups <= 1 || g.group_quads % unit == 0;
    const std::size_t chunk = chunk_quads();
    for (std::size_t begin = 0; begin < g.quads; begin += chunk) {
      const std::size_t end = std::min(begin + chunk, g.quads);
      const std::uint8_t* lines[Panels];
      if constexpr (lines_are_codes) {
        for (std::size_t p = 0; p < Panels; ++p) {
          lines[p] = w_.panel_lines(panel + p) + 64 * begin;
        }
        run_rows<decoded_lines<Arch>, Panels, MostRows>(panel, lines, begin, end);
      } else {
        if constexpr (unpacks_in_registers) {
          if (rows_ == 1 && whole_units) {
            for (std::size_t p = 0; p < Panels; ++p) {
              lines[p] = w_.panel_lines(panel + p) + begin / unit * plane_layout<Packed::bits>::unit_bytes;
            }
            run_tile<packed_lines<Arch, Packed::bits>, Panels, 1>(panel, lines, begin, end, 0);
            continue;
          }
        }
        for (std::size_t p = 0; p < Panels; ++p) {
          lines[p] = decode_lines<Arch, Packed::bits>(w_.panel_lines(panel + p), begin, end, strips_ + p * strip_bytes);
        }
        run_rows<decoded_lines<Arch>, Panels, MostRows>(panel, lines, begin, end);
      }
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
    tail_rows<Source, Panels, MostRows - 1>(panel, lines, begin, end, r);
  }

  template <class Source, std::size_t Panels, std::size_t Rows>
  void tail_rows(std::size_t panel, const std::uint8_t* const* lines, std::size_t begin, std::size_t end,
                 std::size_t r) const {
    if constexpr (Rows > 0) {
      if (rows_ - r == Rows) {
        run_tile<Source, Panels, Rows>(panel, lines, begin, end, r);
      } else {
        tail_rows<Source, Panels, Rows - 1>(panel, lines, begin, end, r);
      }
    }
  }

  /// Where the parameters of the group at hand lie; walks from group to group.
  template <std::size_t Panels>
  struct group_cursor {
    const float* scales[Panels];
    const std::int32_t* zero_points[Panels];
    const float* offsets[Panels];
    const std::int32_t* code_sums[Panels];
    const std::int32_t* sums;  ///< of the tile's first row; rows follow at a_.groups

    HALFTONE_INLINE void next() noexcept {
      for (std::size_t p = 0; p < Panels; ++p) {
        scales[p] += panel_columns;
        zero_points[p] += Scheme::has_zero_point ? panel_columns : 0;
        offsets[p] += Scheme::has_offset ? panel_columns : 0;
        code_sums[p] += panel_columns;
      }
      ++sums;
    }
  };

  template <std::size_t Panels>
  [[nodiscard]] HALFTONE_INLINE group_cursor<Panels> cursor_at(std::size_t panel, std::size_t group,
                                                               std::size_t r) const noexcept {
    group_cursor<Panels> cursor;
    for (std::size_t p = 0; p < Panels; ++p) {
      cursor.scales[p] = w_.scales(panel + p, group);
      cursor.zero_points[p] = Scheme::has_zero_point ? w_.zero_points(panel + p, group) : nullptr;
      cursor.offsets[p] = Scheme::has_offset ? w_.offsets(panel + p, group) : nullptr;
      cursor.code_sums[p] = w_.code_sums(panel + p, group);
    }
    cursor.sums = a_.sums + r * a_.groups + group;
    return cursor;
  }

  /// One tile over the groups that lie in [begin, end).
  template <class Source, std::size_t Panels, std::size_t Rows>
  void run_tile(std::size_t panel, const std::uint8_t* const* lines, std::size_t begin, std::size_t end,
                std::size_t r) const {
    const panel_geometry& g = w_.geometry();
    std::size_t group = begin / g.group_quads;
    auto cursor = cursor_at<Panels>(panel, group, r);
    float* chains = sums_ + r * Panels * panel_columns;
    const auto finish = [&](std::size_t row, std::size_t p, ints sum) HALFTONE_INLINE_LAMBDA {
      add_group(cursor, row, r + row, p, sum, chains + (row * Panels + p) * panel_columns);
    };
    tile_data data{.activations = a_.codes + r * a_.row_bytes + begin * quad_bytes<dots::format>,
                   .row_bytes = a_.row_bytes,
                   .totals = totals_ + r * Panels * panel_columns};
    const std::uint8_t* at[Panels];
    for (std::size_t p = 0; p < Panels; ++p) {
      at[p] = lines[p];
    }
    const auto advance = [&](std::size_t quads) HALFTONE_INLINE_LAMBDA {
      data.activations += quads * quad_bytes<dots::format>;
      for (std::size_t p = 0; p < Panels; ++p) {
        at[p] += quads / Source::unit_quads * Source::unit_bytes + quads % Source::unit_quads * 64;
      }
    };
    std::size_t quad = begin;
    if constexpr (fixed_quads != 0 && (Rows == 1 || Rows == tile_rows)) {  // the tiles that most time goes to
      for (; quad + fixed_quads <= end && g.quad_end(group) == quad + fixed_quads; ++group, cursor.next()) {
        integer_tile<Arch, Packed::bits, Source, Rows, Panels>(at, data, std::integral_constant<std::size_t, fixed_quads>{},
                                                               false, true, finish);
        advance(fixed_quads);
        quad += fixed_quads;
      }
    }
    for (; quad < end; ++group, cursor.next()) {
      const std::size_t last = std::min(g.quad_end(group), end);
      std::size_t quads = last - quad;
      if constexpr (Source::unit_bytes != 64 * Source::unit_quads) {
        quads = round_up(quads, Source::unit_quads);  // the padded end of the panel
      }
      integer_tile<Arch, Packed::bits, Source, Rows, Panels>(at, data, quads, quad != g.quad_begin(group),
                                                             last == g.quad_end(group), finish);
      advance(last - quad);
      quad = last;
    }
  }

  /// Folds zero points into the sum of a finished group and adds it to the float chain of its output.
  template <std::size_t Panels>
  HALFTONE_INLINE void add_group(const group_cursor<Panels>& at, std::size_t tile_row, std::size_t r, std::size_t p,
                                 ints sum, float* chain) const {
    const std::int32_t activation_sum = at.sums[tile_row * a_.groups];
    if constexpr (Scheme::has_zero_point) {
      sum = sum - ints::load(at.zero_points[p]) * ints::broadcast(activation_sum);
    } else if constexpr (folded_bias<Scheme> != 0) {
      sum = sum - ints::broadcast(activation_sum);
    } else if constexpr (packing_bias<Scheme> != 0) {
      sum = sum - ints::broadcast(packing_bias<Scheme> * activation_sum);
    }
    if (a_.has_zeros) [[unlikely]] {
      sum = sum - ints::load(at.code_sums[p]) * ints::broadcast(a_.zeros[r]);
    }
    floats acc = fused(to_float(sum), floats::load(at.scales[p]), floats::load(chain));
    if constexpr (Scheme::has_offset) {
      acc = fused(floats::broadcast(static_cast<float>(activation_sum)), floats::load(at.offsets[p]), acc);
    }
    acc.store(chain);
  }

  const Packed& w_;
  const activations& a_;
  std::size_t rows_;
  float* sums_;            // [rows][panels][16], chains of fused steps
  std::int32_t* totals_;   // [rows][panels][16], the group at hand
  std::uint8_t* strips_;   // decoded lines
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
