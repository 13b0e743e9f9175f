// SPDX-License-Identifier: MIT
// Halftone: a scale for each group, around one center for the whole matrix.
#pragma once

#include <halftone/core/matrix_view.hpp>
#include <halftone/scheme/mapping.hpp>

namespace halftone::inline v0_1 {

/// offset = mean of all values of the matrix, scale = max|x - offset| / largest level, real = product(scale, level) + offset:
/// rounded twice, as bitsandbytes' double quantization of maxima rounds it. The offset is stored with every group.
///
/// The mean is summed in double, row by row. A group whose values are all the mean has scale 0, and is the mean.
struct centered_on_mean {
  static constexpr halftone::equation equation = halftone::equation::scaled_offset;
  float center = 0.0f;  ///< set by `prepared`; 0 before

  [[nodiscard]] static std::string name() { return "centered_on_mean"; }
  /// The mapping for a matrix: `quantize` asks for it before it chooses parameters.
  [[nodiscard]] centered_on_mean prepared(matrix_view<const float> values) const noexcept {
    double sum = 0.0;
    for (std::size_t row = 0; row < values.rows(); ++row) {
      for (std::size_t k = 0; k < values.cols(); ++k) {
        sum += static_cast<double>(values(row, k));
      }
    }
    const std::size_t count = values.rows() * values.cols();
    return {count == 0 ? 0.0f : static_cast<float>(sum / static_cast<double>(count))};
  }
  template <element_format Element>
    requires(!uniform_element<Element> || signed_element<Element>)
  [[nodiscard]] HALFTONE_INLINE constexpr group_parameters choose(range r, const Element& e) const noexcept {
    // The ends of float may lie further apart than the largest float, which is the scale then.
    const double above = static_cast<double>(r.max) - static_cast<double>(center);
    const double below = static_cast<double>(center) - static_cast<double>(r.min);
    const double widest = above > below ? above : below;
    const auto distance = static_cast<float>(chosen(widest < 0x1.fffffep127, widest, 0x1.fffffep127));
    return {.scale = distance / largest_level(e), .offset = center};
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr float real(float level, const group_parameters& p) noexcept {
    return product(p.scale, level) + p.offset;
  }
};

}  // namespace halftone::inline v0_1
