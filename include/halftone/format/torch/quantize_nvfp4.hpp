// SPDX-License-Identifier: MIT
// Halftone: torchao's NVFP4 under a scale of the tensor: nvfp4_quantize with per_tensor_scale.
//
//   block scale = fp8(clamp(max|x| / 6 / tensor scale, 2^-6, 448))    code = fp4(x * ((1 / tensor scale) / block scale))
//
// The factor is not the reciprocal of the scale that real numbers have, round(tensor scale * block scale): an estimator gives
// parameters, and a scaling policy sees that scale alone, so this is a function.
#pragma once

#include <halftone/format/torch/schemes.hpp>
#include <halftone/tensor/checks.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::torch {

/// The scale that torchao gives a tensor of this largest magnitude: per_tensor_amax_to_scale.
[[nodiscard]] constexpr float nvfp4_tensor_scale(float largest) noexcept { return largest / (448.0f * 6.0f); }

/// Quantizes weights in blocks of 16 along a row; a row may end in a shorter block.
/// @throws halftone::error if a value is NaN or infinite, or 1 / tensor_scale is not positive and finite
/// Cost: two passes over w. One allocation a plane.
[[nodiscard]] inline quantized_matrix<nvfp4_two_levels> quantize_nvfp4(matrix_view<const float> w, float tensor_scale) {
  constexpr std::size_t block = 16;
  const float reciprocal = 1.0f / tensor_scale;
  expects(reciprocal > 0.0f && is_finite(reciprocal), "torch::quantize_nvfp4: the tensor's scale is ", tensor_scale);
  expects_finite(w, "torch::quantize_nvfp4");
  quantized_matrix<nvfp4_two_levels> q(matrix_shape{w.rows(), w.cols()});
  auto& scales = q.scale_plane().matrix();
  if (scales.group_count() != 0) {
    scales.scale_plane().set(0, tensor_scale);
  }
  for (std::size_t row = 0; row < w.rows(); ++row) {
    for (std::size_t first = 0; first < w.cols(); first += block) {
      const std::size_t end = std::min(first + block, w.cols());
      float largest = 0.0f;
      for (std::size_t k = first; k < end; ++k) {
        largest = maximum(largest, magnitude(w(row, k)));
      }
      const std::uint32_t code = fp8_e4m3fn::encode(minimum(maximum(largest / 6.0f / tensor_scale, 0x1p-6f), 448.0f));
      write_code<8>(scales.row_codes(row).data(), first / block, code);
      const float factor = reciprocal / fp8_e4m3fn::decode(code);
      for (std::size_t k = first; k < end; ++k) {
        write_code<4>(q.row_codes(row).data(), k, fp4_e2m1::encode(w(row, k) * factor));
      }
    }
  }
  return q;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::torch
