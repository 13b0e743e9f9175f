// SPDX-License-Identifier: MIT
// Halftone: weights to codes.
#pragma once

#include <halftone/core/for_each_row.hpp>
#include <halftone/quantize/fit.hpp>
#include <halftone/quantize/quantize_rows.hpp>

#include <atomic>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

template <scheme_type Scheme, class Estimator = min_max>
  requires any_estimator_for<Estimator, Scheme>
[[nodiscard]] quantized_matrix<Scheme> quantize(matrix_view<const float> w, const Estimator& estimator = {},
                                                const Scheme& scheme = {}, const context& use = {});

/// Codes of one row of units; every weight of a unit is scaled by its own group's parameters.
template <class Scheme>
void encode_row_of_units(matrix_view<const float> w, std::size_t row, quantized_matrix<Scheme>& q) {
  using Element = typename Scheme::element_type;
  constexpr std::size_t dimension = Element::dimension;
  std::array<float, dimension> scaled{};
  for (std::size_t k = 0; k < w.cols(); k += dimension) {
    const std::size_t count = std::min(dimension, w.cols() - k);
    for (std::size_t i = 0; i < count; ++i) {
      const group_parameters p = q.parameters_at(q.group_of(row, k + i));
      scaled[i] = Scheme::has_scale ? Scheme::scaling_type::scaled(w(row, k + i) - p.offset, Scheme::factor_of(p)) : w(row, k + i);
    }
    q.scheme().element.encode_unit(
        std::span<const float>(scaled.data(), count),
        q.row_codes(row).subspan(k / dimension * Element::unit_bytes(dimension), Element::unit_bytes(count)),
        unit_position{row, k});
  }
}

/// Codes of one row, chosen against the stored parameters. Every code is written, whatever was there before.
template <class Scheme>
void encode_row(matrix_view<const float> w, std::size_t row, quantized_matrix<Scheme>& q) {
  using Element = typename Scheme::element_type;
  const std::uint64_t index = static_cast<std::uint64_t>(row) * w.cols();
  if constexpr (unit_element<Element>) {
    encode_row_of_units(w, row, q);
  } else if constexpr (Element::bits <= 8 && constant_along_k<typename Scheme::granularity_type>) {
    const std::size_t length = std::max<std::size_t>(q.scheme().granularity.run_length(w.shape()), 1);
    row_encoder<default_arch, Scheme> encoder(q.scheme(), q.row_codes(row).data(), index);
    for (std::size_t k = 0; k < w.cols(); k += length) {
      const group_parameters p = q.parameters_at(q.group_of(row, k));
      encoder.run(w.row_data(row) + k, std::min(length, w.cols() - k), p, Scheme::factor_of(p));
    }
    encoder.finish();
  } else {
    std::uint8_t* codes = q.row_codes(row).data();
    std::fill_n(codes, q.row_bytes(), std::uint8_t{0});  // memset takes no null, not even for nothing
    for (std::size_t k = 0; k < w.cols(); ++k) {
      const group_parameters p = q.parameters_at(q.group_of(row, k));
      write_code<Element::bits>(codes, k,
                                encode_value(w(row, k), p, Scheme::factor_of(p), q.scheme(), index + k));
    }
  }
}

/// Fills the planes of q from weights whose view was checked.
template <scheme_type Scheme, class Estimator>
void quantize_planes(matrix_view<const float> w, quantized_matrix<Scheme>& q, const Estimator& estimator, const context& use) {
  expects_groups<Scheme>(estimator, q.group_count());
  if constexpr (std::is_same_v<Estimator, min_max> && quantizes_by_rows<Scheme>) {
    std::atomic<bool> good = true;
    for_rows_together(w.cols() == 0 ? 0 : w.rows(), use, [&](std::size_t first, std::size_t rows) {
      if (!quantize_weight_rows<default_arch>(w, first, rows, q)) {
        good.store(false, std::memory_order_relaxed);
      }
    });
    if (good.load(std::memory_order_relaxed)) {
      return;
    }
    // Something is wrong; what follows says what.
  }
  q.clear_zero_points();
  reference::store_parameters(q, fit_groups(w, estimator, q),
                              []<class Nested>(matrix_view<const float> values, const Nested& s) {
                                return quantize<Nested>(values, min_max{}, s);
                              });
  for_each_row(w.rows(), use, [&](std::size_t row) { encode_row(w, row, q); });
}

/// Quantizes weights [n, k] into a matrix that is there already; the planes of q are overwritten.
///
///   level = round(clamp((w - offset) * (1 / scale))) + zero_point       uniform elements; offset, zero point if there
///   code  = encode(w * (1 / scale))                                     table elements
///
/// or a division, and a rounding of the sum, where the scheme's scaling and rounding say so.
///
/// Parameters are fitted group by group and stored, then codes are chosen against what was stored. The same bits as
/// `reference::quantize`.
///
/// @param w          weights, finite
/// @param q          [n, k]; unspecified after an error
/// @param estimator  min_max, clip_search, given_ranges, given_parameters or one of your own
/// @param use        executor: rows are quantized in tasks
/// @throws           halftone::error if w is not valid, holds a NaN or an infinity, the shape of q differs, or a parameter is
///                   not finite
/// @par Cost         with min_max, codes of at most 8 bits, one_run_a_group and parameters stored one by one: one pass over w,
///                   no allocation.
///                   Otherwise two passes, and one set of parameters a group is allocated.
template <scheme_type Scheme, class Estimator = min_max>
  requires any_estimator_for<Estimator, Scheme>
void quantize_into(matrix_view<const float> w, quantized_matrix<Scheme>& q, const Estimator& estimator = {},
                   const context& use = {}) {
  expects_valid(w, "quantize", "w");
  expects(q.shape() == w.shape(), "quantize: w is [", w.rows(), ", ", w.cols(), "], the matrix [", q.rows(), ", ", q.cols(),
          "]");
  quantize_planes(w, q, estimator, use);
}

/// `quantize_into` a new matrix.
/// @tparam Scheme  element, mapping, granularity, rounding, storage
/// @param  scheme  a value where a policy holds run-time data (a table, a permutation)
/// @return         canonical codes and parameters
/// @throws         what `quantize_into` throws
/// @par Cost       what `quantize_into` costs; allocates the planes
template <scheme_type Scheme, class Estimator>
  requires any_estimator_for<Estimator, Scheme>
[[nodiscard]] quantized_matrix<Scheme> quantize(matrix_view<const float> w, const Estimator& estimator, const Scheme& scheme,
                                                const context& use) {
  expects_valid(w, "quantize", "w");
  quantized_matrix<Scheme> q(w.shape(), scheme);
  quantize_planes(w, q, estimator, use);
  return q;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
