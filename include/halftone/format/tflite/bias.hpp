// SPDX-License-Identifier: MIT
// Halftone: biases as integers in steps of input scale * weight scale.
#pragma once

#include <halftone/core/arithmetic.hpp>
#include <halftone/core/error.hpp>
#include <halftone/scheme/rounding.hpp>
#include <halftone/scheme/scaling.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::tflite {

/// The scale of the bias of a row: round(input scale * weight scale).
[[nodiscard]] constexpr float bias_scale(float input, float weight) noexcept { return product(input, weight); }

/// round(bias / scale), scaled in float as the policy says; 0 for scale 0. What is beyond an Integer saturates.
/// Sources: by_reciprocal, nearest_away: the quantizer of TensorFlow Lite. by_division, nearest_even: ai-edge-quantizer.
template <class Integer, scaling_policy Scaling = by_reciprocal, rounding_policy Rounding = nearest_away>
  requires((std::same_as<Integer, std::int32_t> || std::same_as<Integer, std::int64_t>) &&
           (std::same_as<Rounding, nearest_away> || std::same_as<Rounding, nearest_even>))
[[nodiscard]] constexpr Integer to_bias(float bias, float scale) noexcept {
  const double steps = static_cast<double>(Scaling::scaled(bias, Scaling::factor_of(scale)));
  constexpr double end = sizeof(Integer) == 4 ? 0x1p31 : 0x1p63;
  if (!(steps > -end)) {
    return steps == steps ? std::numeric_limits<Integer>::min() : Integer{0};
  }
  if (steps >= end) {
    return std::numeric_limits<Integer>::max();
  }
  const auto whole = static_cast<Integer>(steps);
  const double rest = steps < 0.0 ? static_cast<double>(whole) - steps : steps - static_cast<double>(whole);  // exact
  const bool tie_goes_on = std::same_as<Rounding, nearest_away> || whole % 2 != 0;
  return static_cast<Integer>(whole + (rest > 0.5 || (rest == 0.5 && tie_goes_on) ? (steps < 0.0 ? -1 : 1) : 0));
}

/// The biases of a layer. @throws halftone::error if their count is not that of the rows, or one is not finite
template <class Integer, scaling_policy Scaling = by_reciprocal, rounding_policy Rounding = nearest_away, class Scheme>
[[nodiscard]] std::vector<Integer> to_biases(std::span<const float> bias, const quantized_matrix<Scheme>& w, float input_scale) {
  expects(bias.size() == w.rows(), "tflite: ", bias.size(), " biases for ", w.rows(), " rows of weights");
  expects(w.group_count() == 1 || w.group_count() == w.rows(), "tflite: weights of ", w.rows(), " rows have ", w.group_count(),
          " scales");
  std::vector<Integer> result;
  for (std::size_t n = 0; n < bias.size(); ++n) {
    expects(is_finite(bias[n]), "tflite: bias ", n, " is ", bias[n]);
    const float scale = bias_scale(input_scale, w.scale_at(w.group_count() == 1 ? 0 : n));
    result.push_back(to_bias<Integer, Scaling, Rounding>(bias[n], scale));
  }
  return result;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::tflite
