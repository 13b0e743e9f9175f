// SPDX-License-Identifier: MIT
// Halftone: the end of a multiplication: correction, epilogue and store of one row of a panel.
#pragma once

#include <halftone/epilogue/epilogue.hpp>
#include <halftone/simd/simd.hpp>
#include <halftone/tensor/weight_operand.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Converts the first `count` columns to the output type and stores them; nothing else is written.
template <class Arch, class Output>
HALFTONE_INLINE void store_columns(const float_columns<Arch>& value, Output* out, std::size_t count) noexcept {
  if constexpr (std::is_same_v<Output, float>) {
    value.store(out, count);
  } else {
    alignas(64) float copy[panel_columns];
    value.store(copy);
    for (std::size_t j = 0; j < count; ++j) {
      out[j] = store_value<Output>(copy[j]);
    }
  }
}

/// Where the tiles of one call end: the output, its epilogue and the operand's correction.
template <class Operand, class Output, class Epilogue>
struct tile_sink {
  const Operand& weights;
  const activation_rows& x;
  matrix_view<Output> y;
  const Epilogue& finish;
  std::size_t first_row = 0;  ///< row of y at which row 0 of x belongs

  /// Columns of a panel that exist.
  [[nodiscard]] HALFTONE_INLINE std::size_t columns_of(std::size_t panel) const noexcept {
    return std::min(panel_columns, y.cols() - panel * panel_columns);
  }

  /// What a block of rows that starts at row `first` of x calls for every finished row of a panel.
  [[nodiscard]] HALFTONE_INLINE auto from(std::size_t first) const noexcept {
    return [this, first]<class Columns>(std::size_t row, std::size_t panel, const Columns& value)
        HALFTONE_INLINE_LAMBDA { this->put(value, first + row, panel); };
  }

 private:
  template <class Arch>
  HALFTONE_INLINE void put(float_columns<Arch> value, std::size_t row, std::size_t panel) const {
    const std::size_t column = panel * panel_columns;
    const std::size_t count = columns_of(panel);
    if constexpr (corrected_operand<Operand>) {
      alignas(64) float copy[panel_columns];
      value.store(copy);
      weights.add_correction(x, row, column, std::span<float>(copy, count));
      value = float_columns<Arch>::load(copy);
    }
    value = finish.apply(value, tile_position{first_row + row, column, count});
    store_columns<Arch>(value, y.row_data(first_row + row) + column, count);
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
