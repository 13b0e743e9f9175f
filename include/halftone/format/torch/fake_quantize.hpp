// SPDX-License-Identifier: MIT
// Halftone: PyTorch's fake_quantize: the real numbers that quantized values stand for, and where gradients pass.
#pragma once

#include <halftone/core/matrix_view.hpp>
#include <halftone/scheme/parameters.hpp>
#include <halftone/scheme/rounding.hpp>

#include <span>

namespace halftone::inline v0_1::inline HALFTONE_ISA::torch {

/// The levels that values saturate at.
struct level_range {
  std::int32_t min = -128;
  std::int32_t max = 127;
};

/// y = (clamp(q) - zero_point) * scale with q = zero_point + round_even(x * (1 / scale)), mask = 1 where q was inside the levels:
/// there the gradient passes. NaN becomes the lowest level, masked out; infinities saturate.
/// @param p       for each row (fake_quantize_per_channel_affine of axis 0), or one for all (..._per_tensor_affine)
/// @param levels  quant_min and quant_max; both of magnitude below 2^22, as are zero points
/// @throws halftone::error if a shape differs or `p` has neither one entry nor one a row
inline void fake_quantize(matrix_view<const float> x, std::span<const group_parameters> p, level_range levels,
                          matrix_view<float> y, matrix_view<std::uint8_t> mask) {
  expects(y.shape() == x.shape() && mask.shape() == x.shape(), "fake_quantize: x is [", x.rows(), ", ", x.cols(),
          "], y and the mask must be the same");
  expects(p.size() == 1 || p.size() == x.rows(), "fake_quantize: ", p.size(), " parameters for ", x.rows(), " rows");
  const auto low = static_cast<float>(levels.min);
  const auto high = static_cast<float>(levels.max);
  for (std::size_t row = 0; row < x.rows(); ++row) {
    const group_parameters& group = p[p.size() == 1 ? 0 : row];
    const float factor = 1.0f / group.scale;
    const auto zero = static_cast<float>(group.zero_point);
    for (std::size_t k = 0; k < x.cols(); ++k) {
      const float scaled = product(x(row, k), factor);
      // From 2^22 on every sum is outside; so far the rounding is exact.
      const float bounded = maximum(minimum(scaled, 0x1p22f), -0x1p22f);
      const float level = zero + nearest_even::round(bounded, 0);
      const bool number = scaled == scaled;
      const float inside = number ? maximum(minimum(level, high), low) : low;
      y(row, k) = product(inside - zero, group.scale);
      mask(row, k) = number && level >= low && level <= high ? 1 : 0;
    }
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::torch
