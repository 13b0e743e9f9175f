// SPDX-License-Identifier: MIT
// Halftone: multiplication with 8-bit activations by exact integer dot products, over a range of panels.
#pragma once

#include <halftone/gemm/blocking.hpp>
#include <halftone/gemm/integer_kernel.hpp>
#include <halftone/gemm/packed_matrix.hpp>
#include <halftone/gemm/tile_store.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// One block of rows against panels of a packed matrix.
template <class Arch, class Packed, class Sink>
class integer_block {
  using Scheme = typename Packed::scheme_type;
  using dots = dot<Arch, Packed::bits>;
  using activations = prepared_activations<dots::format>;
  using floats = float_columns<Arch>;
  using ints = int_columns<Arch>;
  static constexpr std::size_t tile_rows = tile_shape<Arch>::integer_rows;
  static constexpr std::size_t tile_panels = tile_shape<Arch>::integer_panels;
  static constexpr std::size_t block_quads = blocking<Arch>::quads;
  static constexpr std::size_t strip_bytes = 64 * (block_quads + 16);
  /// Bit planes that are unpacked in registers where few rows share them; the others are decoded into a strip first.
  static constexpr bool unpacks_in_registers = Packed::bits <= 4;
  static constexpr bool lines_are_codes = plane_layout<Packed::bits>::unit_quads == 1;

 public:
  /// Bytes of workspace for `rows` rows.
  [[nodiscard]] static constexpr std::size_t workspace_bytes(std::size_t rows) noexcept {
    return 2 * scratch::bytes_of<float>(rows * tile_panels * panel_columns) + tile_panels * strip_bytes;
  }

  integer_block(const Packed& w, const activations& a, std::size_t first_row, std::size_t rows, const Sink& sink,
                scratch memory)
      : w_(w),
        a_(a),
        first_row_(first_row),
        rows_(rows),
        sink_(sink),
        sums_(memory.take<float>(rows * tile_panels * panel_columns)),
        totals_(memory.take<std::int32_t>(rows * tile_panels * panel_columns)),
        strips_(memory.take<std::uint8_t>(tile_panels * strip_bytes)) {}

  /// Computes panels [begin, end).
  void run(std::size_t begin, std::size_t end) const {
    std::size_t panel = begin;
    if constexpr (tile_panels > 1) {
      for (; panel + tile_panels <= end; panel += tile_panels) {
        run_panels<tile_panels>(panel);
      }
    }
    for (; panel < end; ++panel) {
      run_panels<1>(panel);
    }
  }

 private:
  /// The quads that are worked on at a time: whole groups where they fit, else whole units.
  [[nodiscard]] std::size_t chunk_quads() const noexcept {
    const std::size_t group = w_.geometry().group_quads;
    return group >= block_quads ? block_quads : block_quads / group * group;
  }

  template <std::size_t Panels>
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
        run_rows<decoded_lines<Arch>, Panels>(panel, lines, begin, end);
      } else {
        if constexpr (unpacks_in_registers) {
          if (rows_ <= tile_rows && whole_units) {
            for (std::size_t p = 0; p < Panels; ++p) {
              lines[p] = w_.panel_lines(panel + p) + begin / unit * plane_layout<Packed::bits>::unit_bytes;
            }
            run_rows<packed_lines<Arch, Packed::bits>, Panels>(panel, lines, begin, end);
            continue;
          }
        }
        for (std::size_t p = 0; p < Panels; ++p) {
          lines[p] = decode_lines<Arch, Packed::bits>(w_.panel_lines(panel + p), begin, end, strips_ + p * strip_bytes);
        }
        run_rows<decoded_lines<Arch>, Panels>(panel, lines, begin, end);
      }
    }
    for (std::size_t r = 0; r < rows_; ++r) {
      const floats scale = floats::broadcast(a_.scales[r]);
      for (std::size_t p = 0; p < Panels; ++p) {
        sink_.template put<Arch>(product(floats::load(sums_ + (r * Panels + p) * panel_columns), scale), first_row_ + r,
                                 panel + p);
      }
    }
  }

  template <class Source, std::size_t Panels>
  void run_rows(std::size_t panel, const std::uint8_t* const* lines, std::size_t begin, std::size_t end) const {
    std::size_t r = 0;
    for (; r + tile_rows <= rows_; r += tile_rows) {
      run_tile<Source, Panels, tile_rows>(panel, lines, begin, end, r);
    }
    tail_rows<Source, Panels, tile_rows - 1>(panel, lines, begin, end, r);
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

  /// One tile over the groups that lie in [begin, end).
  template <class Source, std::size_t Panels, std::size_t Rows>
  void run_tile(std::size_t panel, const std::uint8_t* const* lines, std::size_t begin, std::size_t end,
                std::size_t r) const {
    const panel_geometry& g = w_.geometry();
    std::int32_t* totals = totals_ + r * Panels * panel_columns;
    const std::uint8_t* at[Panels];
    for (std::size_t group = begin / g.group_quads; group < g.groups && g.quad_begin(group) < end; ++group) {
      const std::size_t first = std::max(g.quad_begin(group), begin);
      const std::size_t last = std::min(g.quad_end(group), end);
      for (std::size_t p = 0; p < Panels; ++p) {
        at[p] = lines[p] + (first - begin) / Source::unit_quads * Source::unit_bytes +
                (first - begin) % Source::unit_quads * 64;
      }
      std::size_t quads = last - first;
      if constexpr (Source::unit_bytes != 64 * Source::unit_quads) {
        quads = round_up(quads, Source::unit_quads);  // the padded end of the panel
      }
      integer_tile<Arch, Packed::bits, Source, Rows, Panels>(
          at, a_.codes + r * a_.row_bytes + first * quad_bytes<dots::format>, a_.row_bytes, quads, totals,
          first != g.quad_begin(group));
      if (last == g.quad_end(group)) {
        flush<Panels, Rows>(panel, group, r);
      }
    }
  }

  /// Folds zero points into the totals of a finished group and adds it to the float sums.
  template <std::size_t Panels, std::size_t Rows>
  HALFTONE_INLINE void flush(std::size_t panel, std::size_t group, std::size_t first) const {
    constexpr std::int32_t bias = packed_bias<typename Scheme::element_type>();
    for (std::size_t p = 0; p < Panels; ++p) {
      const floats scale = floats::load(w_.scales(panel + p, group));
      for (std::size_t row = 0; row < Rows; ++row) {
        const std::size_t r = first + row;
        const std::int32_t sum = a_.sums[r * a_.groups + group];
        ints total = ints::load(totals_ + (r * Panels + p) * panel_columns);
        if constexpr (Scheme::has_zero_point) {
          total = total - ints::load(w_.zero_points(panel + p, group)) * ints::broadcast(sum);
        } else if constexpr (bias != 0) {
          total = total - ints::broadcast(bias * sum);
        }
        if (a_.has_zeros) {
          total = total - ints::load(w_.code_sums(panel + p, group)) * ints::broadcast(a_.zeros[r]);
        }
        float* out = sums_ + (r * Panels + p) * panel_columns;
        floats acc = fused(to_float(total), scale, floats::load(out));
        if constexpr (Scheme::has_offset) {
          acc = fused(floats::broadcast(static_cast<float>(sum)), floats::load(w_.offsets(panel + p, group)), acc);
        }
        acc.store(out);
      }
    }
  }

  const Packed& w_;
  const activations& a_;
  std::size_t first_row_;
  std::size_t rows_;
  const Sink& sink_;
  float* sums_;            // [rows][panels][16], chains of fused steps
  std::int32_t* totals_;   // [rows][panels][16], the group at hand
  std::uint8_t* strips_;   // decoded lines
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
