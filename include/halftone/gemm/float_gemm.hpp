// SPDX-License-Identifier: MIT
// Halftone: multiplication in float over strips of any weight operand: one chain of fused steps an output, k ascending.
#pragma once

#include <halftone/gemm/blocking.hpp>
#include <halftone/gemm/panel_layout.hpp>
#include <halftone/gemm/scratch.hpp>
#include <halftone/gemm/tile_store.hpp>

#include <cstring>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Continues the chains of a tile over `depth` steps: sums[r][p] = fused(x[r][k], strip[p][k], sums[r][p]).
template <class Arch, std::size_t Rows, std::size_t Panels>
HALFTONE_INLINE void float_tile(const float* const* strips, const float* x, std::size_t x_stride, std::size_t depth,
                                float* sums) noexcept {
  using floats = float_columns<Arch>;
  floats acc[Rows][Panels];
#pragma GCC unroll 16
  for (std::size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (std::size_t p = 0; p < Panels; ++p) {
      acc[r][p] = floats::load(sums + (r * Panels + p) * panel_columns);
    }
  }
  for (std::size_t k = 0; k < depth; ++k) {
    floats w[Panels];
#pragma GCC unroll 8
    for (std::size_t p = 0; p < Panels; ++p) {
      w[p] = floats::load(strips[p] + k * panel_columns);
    }
#pragma GCC unroll 16
    for (std::size_t r = 0; r < Rows; ++r) {
      const floats a = floats::broadcast(x[r * x_stride + k]);
#pragma GCC unroll 8
      for (std::size_t p = 0; p < Panels; ++p) {
        acc[r][p] = fused(a, w[p], acc[r][p]);
      }
    }
  }
#pragma GCC unroll 16
  for (std::size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (std::size_t p = 0; p < Panels; ++p) {
      acc[r][p].store(sums + (r * Panels + p) * panel_columns);
    }
  }
}

/// One block of rows against panels of an operand. Like `integer_block`, it knows nothing of the epilogue.
template <class Arch, class Operand>
class float_block {
  using floats = float_columns<Arch>;
  using constants = kernel_constants<Arch>;
  static constexpr std::size_t tile_rows = constants::float_rows;
  static constexpr std::size_t tile_panels = constants::float_panels;
  static constexpr std::size_t row_panels = constants::float_row_panels;  ///< for a single row
  static constexpr std::size_t most_panels = std::max(tile_panels, row_panels);
  static constexpr std::size_t depth = constants::float_depth;

 public:
  [[nodiscard]] static constexpr std::size_t workspace_bytes(std::size_t rows) noexcept {
    return scratch::bytes_of<float>(rows * most_panels * panel_columns) +
           scratch::bytes_of<float>(most_panels * depth * panel_columns);
  }

  /// @param x       row 0 of the block, rows at x_stride
  /// @param scales  one factor a row that multiplies the finished chain, or null
  float_block(const Operand& w, const float* x, std::size_t x_stride, const float* scales, std::size_t rows,
              scratch memory)
      : w_(w),
        x_(x),
        x_stride_(x_stride),
        scales_(scales),
        rows_(rows),
        sums_(memory.take<float>(rows * most_panels * panel_columns)),
        strips_(memory.take<float>(most_panels * depth * panel_columns)) {}

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
  template <std::size_t Panels, std::size_t Rows>
  void run_panels(std::size_t panel) const {
    const std::size_t k = w_.shape().cols;
    std::memset(static_cast<void*>(sums_), 0, rows_ * Panels * panel_columns * sizeof(float));
    const float* strips[Panels];
    for (std::size_t begin = 0; begin < k; begin += depth) {
      const std::size_t end = std::min(begin + depth, k);
      for (std::size_t p = 0; p < Panels; ++p) {
        if constexpr (requires { w_.float_lines(panel + p, begin); }) {
          strips[p] = w_.float_lines(panel + p, begin);
        } else {
          float* strip = strips_ + p * depth * panel_columns;
          w_.decode_strip(panel + p, begin, end, strip);
          strips[p] = strip;
        }
      }
      std::size_t r = 0;
      for (; r + Rows <= rows_; r += Rows) {
        float_tile<Arch, Rows, Panels>(strips, x_ + r * x_stride_ + begin, x_stride_, end - begin,
                                       sums_ + r * Panels * panel_columns);
      }
      tail_rows<Panels, Rows - 1>(strips, r, begin, end);
    }
  }

  /// Panels from `panel` on while `Panels` of them are left; returns the first that is left over.
  template <std::size_t Panels, std::size_t Rows>
  std::size_t run_all(std::size_t panel, std::size_t end, const sink_ref& finish) const {
    for (; panel + Panels <= end; panel += Panels) {
      run_panels<Panels, Rows>(panel);
      finish({.chains = sums_, .scales = scales_, .rows = rows_, .first_panel = panel, .panels = Panels});
    }
    return panel;
  }

  template <std::size_t Panels, std::size_t Rows>
  void tail_rows(const float* const* strips, std::size_t r, std::size_t begin, std::size_t end) const {
    if constexpr (Rows > 0) {
      if (rows_ - r == Rows) {
        float_tile<Arch, Rows, Panels>(strips, x_ + r * x_stride_ + begin, x_stride_, end - begin,
                                       sums_ + r * Panels * panel_columns);
      } else {
        tail_rows<Panels, Rows - 1>(strips, r, begin, end);
      }
    }
  }

  const Operand& w_;
  const float* x_;
  std::size_t x_stride_;
  const float* scales_;
  std::size_t rows_;
  float* sums_;    // [rows][panels][16]
  float* strips_;  // [panels][depth][16]
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
