// SPDX-License-Identifier: MIT
// Halftone: activations to int8 with a scale for each run of values.
#pragma once

#include <halftone/quantize/quantize_activations.hpp>
#include <halftone/tensor/grouped_activations.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Quantizes rows of x, each run of values by its own range.
/// @param first   number of row 0 in the matrix, for stochastic rounding
/// @param codes   [x.rows()][x.cols()]
/// @param scales  [x.rows()][groups]
template <grouped_activation_scheme Scheme>
inline void quantize_grouped_rows(matrix_view<const float> x, std::size_t first, std::uint8_t* codes, float* scales) noexcept {
  constexpr std::size_t length = grouped_activations<Scheme>::group_length;
  const Scheme scheme{};
  for (std::size_t r = 0; r < x.rows(); ++r) {
    for (std::size_t begin = 0; begin < x.cols(); begin += length, ++scales) {
      const float* run = x.row_data(r) + begin;
      const std::size_t count = std::min(length, x.cols() - begin);
      const finite_range values = activation_range<Scheme>(run, count);
      std::uint8_t* out = codes + r * x.cols() + begin;
      if (values.finite) {
        const group_parameters p = scheme.mapping.choose(values.values, scheme.element);
        *scales = p.scale;
        encode_run<default_arch, value_kind::finite>(run, count, p, Scheme::factor_of(p), scheme,
                                                     (first + r) * x.cols() + begin, out);
      } else {
        *scales = std::numeric_limits<float>::quiet_NaN();
        std::memset(out, 0, count);
      }
    }
  }
}

/// Quantizes activations by the range of each run of N values (per_token_group<N>).
/// A run that holds a NaN or an infinity gets scale NaN and codes of zero, so that the outputs of its row are NaN.
/// @param x    [m, k]
/// @param q    [m, k], overwritten: codes with scales
/// @throws     halftone::error if x is not valid or the shape of q differs
/// @par Cost   two passes over each run while it is in the cache; no allocation. Rows are split over the executor.
template <grouped_activation_scheme Scheme>
void quantize_activations_into(matrix_view<const float> x, grouped_activations<Scheme>& q, const context& use = {}) {
  expects_valid(x, "quantize_activations", "x");
  expects(q.shape() == x.shape(), "quantize_activations: x is [", x.rows(), ", ", x.cols(), "], the activations [", q.rows(),
          ", ", q.cols(), "]");
  for_each_row(x.rows(), use, [&](std::size_t i) {
    quantize_grouped_rows<Scheme>({x.row_data(i), 1, x.cols()}, i, q.row_codes(i), q.row_scales(i));
  });
}

/// The same into new activations, which it allocates.
template <grouped_activation_scheme Scheme>
[[nodiscard]] grouped_activations<Scheme> quantize_activations(matrix_view<const float> x, const context& use = {}) {
  expects_valid(x, "quantize_activations", "x");
  grouped_activations<Scheme> q(x.shape());
  for_each_row(x.rows(), use, [&](std::size_t i) {
    quantize_grouped_rows<Scheme>({x.row_data(i), 1, x.cols()}, i, q.row_codes(i), q.row_scales(i));
  });
  return q;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
