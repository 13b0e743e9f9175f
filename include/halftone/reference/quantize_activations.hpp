// SPDX-License-Identifier: MIT
// Halftone: the specification of activation quantization, in plain loops.
#pragma once

#include <halftone/scheme/asymmetric.hpp>
#include <halftone/tensor/checks.hpp>

#include <algorithm>

namespace halftone::inline v0_1::inline HALFTONE_ISA::reference {

/// Quantizes activations with parameters from their own range: one set a row, or one for all rows.
/// A row (or matrix) that holds a NaN or an infinity gets scale NaN and codes of zero, so that its outputs are NaN.
/// @throws halftone::error if x is not valid
template <activation_scheme Scheme>
[[nodiscard]] quantized_activations<Scheme> quantize_activations(matrix_view<const float> x) {
  using Element = typename Scheme::element_type;
  expects_valid(x, "quantize_activations", "x");
  const Scheme scheme{};
  quantized_activations<Scheme> q(x.shape());
  const bool per_row = q.per_row;
  for (std::size_t set = 0; set < q.scales().size() && !x.empty(); ++set) {
    const std::size_t first = per_row ? set : 0;
    const std::size_t last = per_row ? set + 1 : x.rows();
    range r{x(first, 0), x(first, 0)};
    bool finite = true;
    for (std::size_t i = first; i < last; ++i) {
      for (const float value : x.row(i)) {
        finite = finite && is_finite(value);
        r.min = minimum(value, r.min);
        r.max = maximum(value, r.max);
      }
    }
    r = {r.min + 0.0f, r.max + 0.0f};  // no negative zeros
    const group_parameters p = finite ? scheme.mapping.choose(r, scheme.element)
                                      : group_parameters{.scale = std::numeric_limits<float>::quiet_NaN()};
    q.scales()[set] = p.scale;
    q.zero_points()[set] = p.zero_point;
    const float factor = finite ? Scheme::factor_of(p) : 0.0f;
    for (std::size_t i = first; i < last; ++i) {
      for (std::size_t k = 0; k < x.cols(); ++k) {
        const float value = finite ? x(i, k) : 0.0f;
        q.row_codes(i)[k] = static_cast<std::uint8_t>(encode_value(value, p, factor, scheme, i * x.cols() + k));
      }
    }
    static_assert(Element::bits == 8);
  }
  return q;
}

/// Quantizes activations with parameters that calibration chose. NaN gives the zero point; the rest saturates.
/// @throws halftone::error if x is not valid, or the parameters are not finite or out of the element's levels
template <activation_scheme Scheme>
[[nodiscard]] quantized_activations<Scheme> quantize_activations(matrix_view<const float> x, const group_parameters& p) {
  expects_valid(x, "quantize_activations", "x");
  expects_parameters<Scheme>(p, 0);
  const Scheme scheme{};
  quantized_activations<Scheme> q(x.shape());
  for (std::size_t set = 0; set < q.scales().size(); ++set) {
    q.scales()[set] = p.scale;
    q.zero_points()[set] = p.zero_point;
  }
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t k = 0; k < x.cols(); ++k) {
      q.row_codes(i)[k] = static_cast<std::uint8_t>(
          encode_value(x(i, k), p, Scheme::factor_of(p), scheme, i * x.cols() + k));
    }
  }
  return q;
}

/// Quantizes activations with a scale for each run of values, from its own range. A run that holds a NaN or an infinity gets
/// scale NaN and codes of zero, so that the outputs of its row are NaN.
/// @throws halftone::error if x is not valid
template <grouped_activation_scheme Scheme>
[[nodiscard]] grouped_activations<Scheme> quantize_activations(matrix_view<const float> x) {
  expects_valid(x, "quantize_activations", "x");
  const Scheme scheme{};
  grouped_activations<Scheme> q(x.shape());
  constexpr std::size_t length = grouped_activations<Scheme>::group_length;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t begin = 0; begin < x.cols(); begin += length) {
      const std::span<const float> run = x.row(i).subspan(begin, std::min(length, x.cols() - begin));
      const bool finite = std::all_of(run.begin(), run.end(), [](float v) { return is_finite(v); });
      const float scale = finite ? scheme.mapping.choose(range_of(run), scheme.element).scale
                                 : std::numeric_limits<float>::quiet_NaN();
      q.row_scales(i)[begin / length] = scale;
      for (std::size_t k = begin; k < begin + run.size(); ++k) {
        q.row_codes(i)[k] = static_cast<std::uint8_t>(encode_value(finite ? x(i, k) : 0.0f, {.scale = scale},
                                                                   finite ? Scheme::scaling_type::factor_of(scale) : 0.0f, scheme,
                                                                   i * x.cols() + k));
      }
    }
  }
  return q;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::reference
