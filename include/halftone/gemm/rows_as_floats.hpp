// SPDX-License-Identifier: MIT
// Halftone: rows of activations as floats, whatever they are stored as.
#pragma once

#include <halftone/core/matrix_view.hpp>
#include <halftone/element/float_storage.hpp>
#include <halftone/simd/simd.hpp>

#include <type_traits>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Types that activations can have: float, or bfloat16, which widens exactly.
template <class Value>
concept activation_value = std::is_same_v<Value, float> || std::is_same_v<Value, bfloat16>;

/// Widens count bfloat16 to floats.
inline void widen_row(const bfloat16* values, std::size_t count, float* out) noexcept {
  std::size_t i = 0;
  if constexpr (std::endian::native == std::endian::little) {
    for (; i + panel_columns <= count; i += panel_columns) {
      widen_bf16<default_arch>(reinterpret_cast<const std::uint8_t*>(values + i)).store(out + i);
    }
  }
  for (; i < count; ++i) {
    out[i] = to_float(values[i]);
  }
}

/// Rows [first, first + rows) of x: where they lie, or widened into `room`.
/// @param room  rows * x.cols() floats; not used for float
template <activation_value Value>
[[nodiscard]] inline matrix_view<const float> rows_as_floats(matrix_view<const Value> x, std::size_t first, std::size_t rows,
                                                             float* room) noexcept {
  if constexpr (std::is_same_v<Value, float>) {
    return {x.row_data(first), rows, x.cols(), x.stride()};
  } else {
    for (std::size_t r = 0; r < rows; ++r) {
      widen_row(x.row_data(first + r), x.cols(), room + r * x.cols());
    }
    return {room, rows, x.cols()};
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
