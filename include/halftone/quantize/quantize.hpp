// SPDX-License-Identifier: MIT
// Halftone: weights to codes.
#pragma once

#include <halftone/core/executor.hpp>
#include <halftone/quantize/fit.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

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
      scaled[i] = Scheme::has_scale ? product(w(row, k + i) - p.offset, reciprocal_of_scale(p.scale)) : w(row, k + i);
    }
    q.scheme().element.encode_unit(
        std::span<const float>(scaled.data(), count),
        q.row_codes(row).subspan(k / dimension * Element::unit_bytes(dimension), Element::unit_bytes(count)),
        unit_position{row, k});
  }
}

/// Codes of one row, chosen against the stored parameters.
/// @param buffer  room for a row of codes, one a byte
template <class Scheme>
void encode_row(matrix_view<const float> w, std::size_t row, quantized_matrix<Scheme>& q, std::uint8_t* buffer) {
  using Element = typename Scheme::element_type;
  const std::uint64_t index = static_cast<std::uint64_t>(row) * w.cols();
  if constexpr (unit_element<Element>) {
    encode_row_of_units(w, row, q);
  } else if constexpr (Element::bits <= 8 && constant_along_k<typename Scheme::granularity_type>) {
    const std::size_t run = std::max<std::size_t>(q.scheme().granularity.run_length(w.shape()), 1);
    for (std::size_t k = 0; k < w.cols(); k += run) {
      encode_run<default_arch>(w.row_data(row) + k, std::min(run, w.cols() - k), q.parameters_at(q.group_of(row, k)),
                               q.scheme(), index + k, buffer + k);
    }
    pack_codes<Element::bits>(buffer, w.cols(), q.row_codes(row).data());
  } else {
    std::uint8_t* codes = q.row_codes(row).data();
    for (std::size_t k = 0; k < w.cols(); ++k) {
      const group_parameters p = q.parameters_at(q.group_of(row, k));
      write_code<Element::bits>(codes, k,
                                encode_value(w(row, k), p, reciprocal_of_scale(p.scale), q.scheme(), index + k));
    }
  }
}

/// Quantizes weights [n, k]: fits parameters group by group, stores them, then chooses codes against what was stored.
///
///   level = round(clamp((w - offset) * (1 / scale))) + zero_point       uniform elements; offset, zero point if there
///   code  = encode(w * (1 / scale))                                     table elements
///
/// The same bits as `reference::quantize`.
///
/// @tparam Scheme     element, mapping, granularity, rounding, storage
/// @param  w          weights, finite
/// @param  estimator  min_max, clip_search, given_ranges, given_parameters or one of your own
/// @param  scheme     a value where a policy holds run-time data (a table, a permutation)
/// @param  use        executor: rows are encoded in tasks
/// @return            canonical codes and parameters
/// @throws            halftone::error if w is not valid, holds a NaN or an infinity, or a parameter is not finite
/// @par Cost          two passes over w; allocates the planes and one set of parameters a group
template <scheme_type Scheme, class Estimator = min_max>
  requires any_estimator_for<Estimator, Scheme>
[[nodiscard]] quantized_matrix<Scheme> quantize(matrix_view<const float> w, const Estimator& estimator = {},
                                                const Scheme& scheme = {}, const context& use = {}) {
  expects_valid(w, "quantize", "w");
  quantized_matrix<Scheme> q(w.shape(), scheme);
  expects_groups<Scheme>(estimator, q.group_count());
  reference::store_parameters(q, fit_groups(w, estimator, q),
                              []<class Nested>(matrix_view<const float> values, const Nested& s) {
                                return quantize<Nested>(values, min_max{}, s);
                              });
  const std::size_t tasks = std::max<std::size_t>(std::min(use.execute.concurrency(), w.rows()), 1);
  std::vector<std::uint8_t> buffers(tasks * w.cols());
  const auto task = [&](std::size_t t) {
    for (std::size_t row = w.rows() * t / tasks; row < w.rows() * (t + 1) / tasks; ++row) {
      encode_row(w, row, q, buffers.data() + t * w.cols());
    }
  };
  use.execute(tasks, task);
  return q;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
