// SPDX-License-Identifier: MIT
// Halftone: biases as integers in steps of input scale * weight scale.
#pragma once

#include <halftone/core/arithmetic.hpp>
#include <halftone/core/error.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::tflite {

/// The scale of the bias of a row: round(input scale * weight scale).
[[nodiscard]] constexpr float bias_scale(float input, float weight) noexcept { return product(input, weight); }

/// round_away(bias * (1 / scale)), both steps rounded to float; 0 for scale 0. What is beyond an Integer saturates.
/// Source: the quantizer of TensorFlow Lite, which multiplies by the reciprocal.
template <class Integer>
  requires(std::same_as<Integer, std::int32_t> || std::same_as<Integer, std::int64_t>)
[[nodiscard]] constexpr Integer to_bias(float bias, float scale) noexcept {
  const double steps = scale == 0.0f ? 0.0 : static_cast<double>(product(bias, 1.0f / scale));
  constexpr double end = sizeof(Integer) == 4 ? 0x1p31 : 0x1p63;
  if (!(steps > -end)) {
    return steps == steps ? std::numeric_limits<Integer>::min() : Integer{0};
  }
  if (steps >= end) {
    return std::numeric_limits<Integer>::max();
  }
  const auto whole = static_cast<Integer>(steps);
  const double rest = steps - static_cast<double>(whole);
  return static_cast<Integer>(whole + (rest >= 0.5 ? 1 : rest <= -0.5 ? -1 : 0));
}

/// The biases of a layer. @throws halftone::error if their count is not that of the rows, or one is not finite
template <class Integer, class Scheme>
[[nodiscard]] std::vector<Integer> to_biases(std::span<const float> bias, const quantized_matrix<Scheme>& w, float input_scale) {
  expects(bias.size() == w.rows(), "tflite: ", bias.size(), " biases for ", w.rows(), " rows of weights");
  expects(w.group_count() == 1 || w.group_count() == w.rows(), "tflite: weights of ", w.rows(), " rows have ", w.group_count(),
          " scales");
  std::vector<Integer> result;
  for (std::size_t n = 0; n < bias.size(); ++n) {
    expects(is_finite(bias[n]), "tflite: bias ", n, " is ", bias[n]);
    result.push_back(to_bias<Integer>(bias[n], bias_scale(input_scale, w.scale_at(w.group_count() == 1 ? 0 : n))));
  }
  return result;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::tflite
