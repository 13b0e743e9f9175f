// SPDX-License-Identifier: MIT
// Halftone: activations as int8 with a scale for each run of values of a row.
#pragma once

#include <halftone/tensor/activations.hpp>

namespace halftone::inline v0_1 {

/// Codes of rows of activations: real = scale[row][k / group_length] * level, levels being int8. A view; owns nothing.
struct grouped_activation_view {
  matrix_view<const std::uint8_t> codes{};  ///< int8 as bytes
  const float* scales = nullptr;            ///< [rows][ceil(cols / group_length)]
  std::size_t group_length = 1;             ///< values that share a scale; the last group of a row may be shorter

  [[nodiscard]] std::size_t rows() const noexcept { return codes.rows(); }
  [[nodiscard]] std::size_t cols() const noexcept { return codes.cols(); }
  /// Groups of a row.
  [[nodiscard]] std::size_t groups() const noexcept { return ceil_div(cols(), group_length); }
  [[nodiscard]] float scale(std::size_t row, std::size_t k) const noexcept {
    return scales[row * groups() + k / group_length];
  }
  [[nodiscard]] std::int32_t level(std::size_t row, std::size_t k) const noexcept {
    return static_cast<std::int8_t>(codes(row, k));
  }
  /// The real number of activation (row, k), rounded once.
  [[nodiscard]] HALFTONE_INLINE float value(std::size_t row, std::size_t k) const noexcept {
    return product(static_cast<float>(level(row, k)), scale(row, k));
  }
};

/// Activations that were quantized once, for one or several multiplications.
template <grouped_activation_scheme Scheme>
class grouped_activations {
 public:
  using scheme_type = Scheme;
  using element_type = typename Scheme::element_type;
  static constexpr std::size_t group_length = Scheme::granularity_type::group_size;

  grouped_activations() = default;
  /// Codes and scales of zero. @throws halftone::error if no memory holds so many
  explicit grouped_activations(matrix_shape shape)
      : shape_(shape), codes_(saturated_product(shape.rows, shape.cols)),
        scales_(saturated_product(shape.rows, ceil_div(shape.cols, group_length))) {}

  [[nodiscard]] matrix_shape shape() const noexcept { return shape_; }
  [[nodiscard]] std::size_t rows() const noexcept { return shape_.rows; }
  [[nodiscard]] std::size_t cols() const noexcept { return shape_.cols; }
  /// Groups of a row.
  [[nodiscard]] std::size_t groups() const noexcept { return ceil_div(shape_.cols, group_length); }
  /// The codes of a row, and its scales: one for each group.
  [[nodiscard]] std::uint8_t* row_codes(std::size_t row) noexcept { return codes_.data() + row * shape_.cols; }
  [[nodiscard]] const std::uint8_t* row_codes(std::size_t row) const noexcept {
    return codes_.data() + row * shape_.cols;
  }
  [[nodiscard]] float* row_scales(std::size_t row) noexcept { return scales_.data() + row * groups(); }
  [[nodiscard]] const float* row_scales(std::size_t row) const noexcept { return scales_.data() + row * groups(); }

  /// What `gemm` takes; valid as long as this object.
  [[nodiscard]] grouped_activation_view view() const noexcept {
    return {.codes = {codes_.data(), shape_.rows, shape_.cols}, .scales = scales_.data(), .group_length = group_length};
  }

 private:
  matrix_shape shape_{};
  aligned_buffer<std::uint8_t> codes_;
  std::vector<float> scales_;
};

}  // namespace halftone::inline v0_1
