// SPDX-License-Identifier: MIT
// Halftone: what `gemm` takes as weights: anything that can decode strips of itself.
//
// Required:
//   shape()                                        [n, k]
//   layout_id()                                    packed_layout of its bytes
//   decode_strip(panel, k_begin, k_end, out)       out[(k - k_begin) * 16 + j] = real weight (16 * panel + j, k), and 0 for
//                                                  columns past n; out is aligned to 64 bytes
// Optional:
//   float_lines(panel, k)                          the same weights from k on, already in memory, instead of decode_strip
//   add_correction(x, row, column, values)         adds what the strips leave out (a sparse part, an adapter) to the outputs
//                                                  (row, column ..), before the epilogue; values: span of floats
// Law: decode_strip depends on its arguments alone; any split of k gives the same weights.
#pragma once

#include <halftone/tensor/grouped_activations.hpp>

#include <concepts>
#include <span>

namespace halftone::inline v0_1 {

/// How packed bytes are arranged. A kernel refuses bytes of another layout.
enum class packed_layout : std::uint32_t {
  none = 0,
  quad16 = 1,   ///< panels of 16 columns; lines of 64 bytes, [16 columns][4 k], bit planes below 8 bits
  float_lines = 2,  ///< panels of 16 columns; lines of 16 floats or float codes, one k a line
};

/// The activations of a call, for operands that add a correction: real numbers, whatever their codes are.
class activation_rows {
 public:
  explicit activation_rows(matrix_view<const float> x) : floats_(x), kind_(kind::floats) {}
  explicit activation_rows(matrix_view<const bfloat16> x) : halves_(x), kind_(kind::halves) {}
  /// @param first  number of the view's row 0 in the call
  explicit activation_rows(const activation_view& x, std::size_t first = 0) : codes_(x), first_(first) {}

  /// The same with a scale a group.
  explicit activation_rows(const grouped_activation_view& x, std::size_t first = 0)
      : groups_(x), first_(first), kind_(kind::groups) {}

  [[nodiscard]] std::size_t cols() const noexcept {
    switch (kind_) {
      case kind::floats: return floats_.cols();
      case kind::halves: return halves_.cols();
      case kind::groups: return groups_.cols();
      default: return codes_.cols();
    }
  }
  /// The real number of activation (row, k).
  [[nodiscard]] HALFTONE_INLINE float value(std::size_t row, std::size_t k) const noexcept {
    switch (kind_) {
      case kind::floats: return floats_(row, k);
      case kind::halves: return to_float(halves_(row, k));
      case kind::groups: return groups_.value(row - first_, k);
      default: return code_value(row - first_, k);
    }
  }

 private:
  [[nodiscard]] HALFTONE_INLINE float code_value(std::size_t row, std::size_t k) const noexcept {
    return product(static_cast<float>(codes_.level(row, k) - codes_.zero_point(row)), codes_.scale(row));
  }

  enum class kind { floats, halves, codes, groups };
  matrix_view<const float> floats_{};
  matrix_view<const bfloat16> halves_{};
  activation_view codes_{};
  grouped_activation_view groups_{};
  std::size_t first_ = 0;
  kind kind_ = kind::codes;
};

template <class W>
concept weight_operand = requires(const W& w, std::size_t i, float* out) {
  { w.shape() } -> std::same_as<matrix_shape>;
  { w.layout_id() } -> std::same_as<packed_layout>;
  w.decode_strip(i, i, i, out);
};

/// An operand whose strips do not hold everything.
template <class W>
concept corrected_operand =
    requires(const W& w, const activation_rows& x, std::size_t i, std::span<float> values) {
      w.add_correction(x, i, i, values);
    };

}  // namespace halftone::inline v0_1
