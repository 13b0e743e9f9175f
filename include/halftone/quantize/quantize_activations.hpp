// SPDX-License-Identifier: MIT
// Halftone: activations to 8 bits.
#pragma once

#include <halftone/core/for_each_row.hpp>
#include <halftone/quantize/ends_of_runs.hpp>
#include <halftone/quantize/row_encoder.hpp>
#include <halftone/quantize/run_range.hpp>
#include <halftone/scheme/asymmetric.hpp>
#include <halftone/tensor/checks.hpp>

#include <limits>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Parameters of a run from its range; scale NaN if a value is NaN or infinite.
template <activation_scheme Scheme>
[[nodiscard]] inline group_parameters activation_parameters(const finite_range& r) noexcept {
  const Scheme scheme{};
  return r.finite ? scheme.mapping.choose(r.values, scheme.element)
                  : group_parameters{.scale = std::numeric_limits<float>::quiet_NaN()};
}

/// The range of a run, as far as the mapping looks at it.
template <class Scheme>
[[nodiscard]] inline finite_range activation_range(const float* x, std::size_t count) noexcept {
  return range_of_run<default_arch, ends_for<default_arch, typename Scheme::mapping_type>>(x, count);
}

/// Codes of rows with the same parameters; zeros (codes of real 0) where the scale is NaN.
/// @param first  number of row 0 in the matrix, for stochastic rounding
/// @param codes  [x.rows()][x.cols()]
template <activation_scheme Scheme, value_kind Kind>
inline void encode_activation_rows(matrix_view<const float> x, std::size_t first, const group_parameters& p,
                                   std::uint8_t* codes) noexcept {
  const Scheme scheme{};
  if (p.scale != p.scale) {
    std::memset(codes, static_cast<int>(encode_value(0.0f, p, 0.0f, scheme, 0)), x.rows() * x.cols());
    return;
  }
  const bool joined = x.stride() == x.cols();  // one long row
  const std::size_t length = joined ? x.rows() * x.cols() : x.cols();
  for (std::size_t r = 0; r < (joined ? 1 : x.rows()); ++r) {
    encode_run<default_arch, Kind>(x.row_data(r), length, p, Scheme::factor_of(p), scheme, (first + r) * x.cols(),
                                   codes + r * x.cols());
  }
}

/// How many rows of so many values `quantize_rows` takes at a time.
[[nodiscard]] inline std::size_t rows_quantized_together(std::size_t columns) noexcept {
  constexpr std::size_t cached = 4096;
  return std::clamp<std::size_t>(cached / std::max<std::size_t>(columns, 1), 1, ends_of_runs<default_arch>::size);
}

/// Parameters of up to `rows_quantized_together` rows. All ends are found before the first parameter is chosen, so that what
/// takes long for one row (a reduction, a division) overlaps with that of the next.
template <activation_scheme Scheme>
inline void choose_parameters_of_rows(matrix_view<const float> x, group_parameters* parameters) noexcept {
  using ends = ends_for<default_arch, typename Scheme::mapping_type>;
  if constexpr (!ends::lose_infinities) {  // so that ends tell whether all values are finite, whatever the other rows hold
    if (x.cols() >= panel_columns) {
      constexpr std::size_t most = ends_of_runs<default_arch, ends>::size;
      alignas(64) float low[most];
      alignas(64) float high[most];
      finite_check<default_arch> unused;
      ends_of_runs<default_arch, ends>::find(x.rows(), low, high, [&](std::size_t i) HALFTONE_INLINE_LAMBDA {
        return extremes_of_run<default_arch, ends>(x.row_data(i), x.cols(), unused);
      });
      for (std::size_t i = 0; i < x.rows(); ++i) {
        parameters[i] = activation_parameters<Scheme>(
            {.values = {low[i] + 0.0f, high[i] + 0.0f}, .finite = is_finite(low[i]) && is_finite(high[i])});
      }
      return;
    }
  }
  for (std::size_t i = 0; i < x.rows(); ++i) {
    parameters[i] = activation_parameters<Scheme>(activation_range<Scheme>(x.row_data(i), x.cols()));
  }
}

/// Quantizes all rows of x into codes [x.rows()][x.cols()], each row by its own range.
/// @param first  number of row 0 in the matrix, for stochastic rounding
template <activation_scheme Scheme>
inline void quantize_rows(matrix_view<const float> x, std::size_t first, std::uint8_t* codes, float* scales,
                          std::int32_t* zero_points) noexcept {
  const std::size_t step = rows_quantized_together(x.cols());
  for (std::size_t begin = 0; begin < x.rows(); begin += step) {
    const std::size_t rows = std::min(step, x.rows() - begin);
    group_parameters parameters[ends_of_runs<default_arch>::size];
    choose_parameters_of_rows<Scheme>({x.row_data(begin), rows, x.cols(), x.stride()}, parameters);
    for (std::size_t r = begin; r < begin + rows; ++r) {
      const group_parameters& p = parameters[r - begin];
      scales[r] = p.scale;
      zero_points[r] = p.zero_point;
      encode_activation_rows<Scheme, value_kind::finite>({x.row_data(r), 1, x.cols()}, first + r, p, codes + r * x.cols());
    }
  }
}

/// Fills q from activations whose view was checked, by their own range.
template <activation_scheme Scheme>
void quantize_codes(matrix_view<const float> x, quantized_activations<Scheme>& q, const context& use) {
  if (x.empty()) {
    return;
  }
  if constexpr (quantized_activations<Scheme>::per_row) {
    for_rows_together(x.rows(), use, [&](std::size_t first, std::size_t rows) {
      quantize_rows<Scheme>({x.row_data(first), rows, x.cols(), x.stride()}, first, q.row_codes(first), &q.scales()[first],
                            &q.zero_points()[first]);
    });
  } else {
    finite_range all = activation_range<Scheme>(x.row_data(0), x.cols());
    for (std::size_t i = 1; i < x.rows(); ++i) {
      const finite_range r = activation_range<Scheme>(x.row_data(i), x.cols());
      all = {{minimum(r.values.min, all.values.min), maximum(r.values.max, all.values.max)}, all.finite && r.finite};
    }
    const group_parameters p = activation_parameters<Scheme>(all);
    q.scales()[0] = p.scale;
    q.zero_points()[0] = p.zero_point;
    for_rows_together(x.rows(), use, [&](std::size_t first, std::size_t rows) {
      encode_activation_rows<Scheme, value_kind::finite>({x.row_data(first), rows, x.cols(), x.stride()}, first, p,
                                                         q.row_codes(first));
    });
  }
}

/// Fills q from activations whose view was checked, with given parameters.
template <activation_scheme Scheme>
void quantize_codes(matrix_view<const float> x, const group_parameters& p, quantized_activations<Scheme>& q,
                    const context& use) {
  expects_parameters<Scheme>(p, 0);
  for (std::size_t set = 0; set < q.scales().size(); ++set) {
    q.scales()[set] = p.scale;
    q.zero_points()[set] = p.zero_point;
  }
  if (x.empty()) {
    return;
  }
  for_rows_together(x.rows(), use, [&](std::size_t first, std::size_t rows) {
    encode_activation_rows<Scheme, value_kind::any>({x.row_data(first), rows, x.cols(), x.stride()}, first, p,
                                                    q.row_codes(first));
  });
}

/// Checks activations and what they are to be written to.
template <activation_scheme Scheme>
void expects_quantizes(matrix_view<const float> x, const quantized_activations<Scheme>& q) {
  expects_valid(x, "quantize_activations", "x");
  expects(q.shape() == x.shape(), "quantize_activations: x is [", x.rows(), ", ", x.cols(), "], the activations [", q.rows(),
          ", ", q.cols(), "]");
}

/// Quantizes activations by their own range: one set of parameters a row (per_token) or for all rows (per_tensor).
/// A row (or matrix) that holds a NaN or an infinity gets scale NaN and codes of zero, so that its outputs are NaN.
/// @param x       [m, k]
/// @param q       [m, k], overwritten: codes with scales; multiply it by as many matrices as you like
/// @throws        halftone::error if x is not valid or the shape of q differs
/// @par Cost      two passes over each row while it is in the cache (per_tensor: two passes over x); no allocation. Rows are
///                split over the context's executor.
template <activation_scheme Scheme>
void quantize_activations_into(matrix_view<const float> x, quantized_activations<Scheme>& q, const context& use = {}) {
  expects_quantizes(x, q);
  quantize_codes(x, q, use);
}

/// `quantize_activations_into` new activations, which it allocates.
template <activation_scheme Scheme>
[[nodiscard]] quantized_activations<Scheme> quantize_activations(matrix_view<const float> x, const context& use = {}) {
  expects_valid(x, "quantize_activations", "x");
  quantized_activations<Scheme> q(x.shape());
  quantize_codes(x, q, use);
  return q;
}

/// Quantizes activations with parameters that calibration chose. NaN gives the zero point; the rest saturates.
/// @param q  [m, k], overwritten
/// @throws   halftone::error if x is not valid, the shape of q differs, or the parameters are not finite or out of the
///           element's levels
/// @par Cost one pass, no allocation
template <activation_scheme Scheme>
void quantize_activations_into(matrix_view<const float> x, const group_parameters& p, quantized_activations<Scheme>& q,
                               const context& use = {}) {
  expects_quantizes(x, q);
  quantize_codes(x, p, q, use);
}

/// The same into new activations, which it allocates.
template <activation_scheme Scheme>
[[nodiscard]] quantized_activations<Scheme> quantize_activations(matrix_view<const float> x, const group_parameters& p,
                                                                 const context& use = {}) {
  expects_valid(x, "quantize_activations", "x");
  quantized_activations<Scheme> q(x.shape());
  quantize_codes(x, p, q, use);
  return q;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
