// SPDX-License-Identifier: MIT
// Halftone: the end of a multiplication: correction, epilogue and store of one row of a panel.
#pragma once

#include <halftone/epilogue/epilogue.hpp>
#include <halftone/simd/simd.hpp>
#include <halftone/tensor/weight_operand.hpp>

#include <cstring>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Converts the first `count` columns to the output type and stores them; nothing else is written.
template <class Arch, class Output>
HALFTONE_INLINE void store_columns(const float_columns<Arch>& value, Output* out, std::size_t count) noexcept {
  if constexpr (std::is_same_v<Output, float>) {
    value.store(out, count);
  } else if constexpr (sizeof(Output) == 1) {
    std::uint8_t bytes[panel_columns];
    store_levels<std::is_signed_v<Output>>(nearest_integers(value), bytes);  // requantize made them integers of 8 bits
    std::memcpy(out, bytes, count);
  } else {
    alignas(64) float copy[panel_columns];
    value.store(copy);
    Output stored[panel_columns];
    for (std::size_t j = 0; j < panel_columns; ++j) {  // all of them: in lanes
      stored[j] = store_value<Output>(copy[j]);
    }
    std::memcpy(out, stored, count * sizeof(Output));
  }
}

/// Finished chains of a block of rows: [rows][panels][16].
struct finished_panels {
  const float* chains;
  const float* scales;  ///< one factor a row, or null
  std::size_t rows;
  std::size_t first_panel;
  std::size_t panels;
};

/// What `add_correction` of an operand is called through; empty for operands without one.
struct correction_ref {
  const void* operand = nullptr;
  void (*add)(const void*, const activation_rows&, std::size_t, std::size_t, std::span<float>) = nullptr;

  template <class Operand>
  [[nodiscard]] static correction_ref of(const Operand& w) noexcept {
    if constexpr (corrected_operand<Operand>) {
      return {&w, [](const void* of, const activation_rows& x, std::size_t row, std::size_t column,
                     std::span<float> values) {
                static_cast<const Operand*>(of)->add_correction(x, row, column, values);
              }};
    } else {
      return {};
    }
  }
};

/// Where the chains of one call end: the output, its epilogue and the operand's correction. Compiled once for an output type
/// and an epilogue, whatever the weights.
template <class Output, class Epilogue>
struct tile_sink {
  matrix_view<Output> y;
  const Epilogue& finish;
  const activation_rows& x;
  correction_ref correction;
  std::size_t first_row = 0;  ///< row of y at which row 0 of x belongs

  /// Columns of a panel that exist.
  [[nodiscard]] HALFTONE_INLINE std::size_t columns_of(std::size_t panel) const noexcept {
    return std::min(panel_columns, y.cols() - panel * panel_columns);
  }

  /// Takes panels whose row 0 is row `first` of x.
  void take(std::size_t first, const finished_panels& done) const {
    using floats = float_columns<default_arch>;
    const float* chain = done.chains;
    for (std::size_t r = 0; r < done.rows; ++r) {
      for (std::size_t p = 0; p < done.panels; ++p, chain += panel_columns) {
        floats value = floats::load(chain);
        if (done.scales != nullptr) {
          value = product(value, floats::broadcast(done.scales[r]));
        }
        put(value, first + r, done.first_panel + p);
      }
    }
  }

 private:
  HALFTONE_INLINE void put(float_columns<default_arch> value, std::size_t row, std::size_t panel) const {
    const std::size_t column = panel * panel_columns;
    const std::size_t count = columns_of(panel);
    if (correction.add != nullptr) {
      alignas(64) float copy[panel_columns];
      value.store(copy);
      correction.add(correction.operand, x, first_row + row, column, std::span<float>(copy, count));
      value = float_columns<default_arch>::load(copy);
    }
    value = finish.apply(value, tile_position{first_row + row, column, count});
    store_columns<default_arch>(value, y.row_data(first_row + row) + column, count);
  }
};

/// A sink without its type, so that kernels are compiled once for a scheme, whatever ends they meet.
class sink_ref {
 public:
  template <class Sink>
    requires requires(const Sink& s, const finished_panels& done) { s.take(std::size_t{}, done); }
  explicit sink_ref(const Sink& sink) noexcept
      : sink_(&sink), take_([](const void* to, std::size_t first, const finished_panels& done) {
          static_cast<const Sink*>(to)->take(first, done);
        }) {}

  /// The same for a block of rows that starts at row `first` of x.
  [[nodiscard]] sink_ref from(std::size_t first) const noexcept {
    sink_ref result = *this;
    result.first_ = first;
    return result;
  }
  void operator()(const finished_panels& done) const { take_(sink_, first_, done); }

 private:
  const void* sink_;
  void (*take_)(const void*, std::size_t, const finished_panels&);
  std::size_t first_ = 0;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
