// SPDX-License-Identifier: MIT
// Halftone: a matrix of one scheme as a matrix of another: exactly where it can be, else quantized again, with the error measured.
#pragma once

#include <halftone/quantize/compare.hpp>
#include <halftone/quantize/move_rows.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Quantizes the dequantized matrix: a row of floats at a time, in two passes. The bits of `quantize` of all floats.
/// Mappings that look at the whole matrix, and scales that the values choose, take all floats.
template <class From, class To>
void quantize_again(const quantized_matrix<From>& from, quantized_matrix<To>& to) {
  const matrix_shape shape = to.shape();
  if constexpr (prepared_mapping<typename To::mapping_type> || chooses_scale_by_values<To>) {
    std::vector<float> all(shape.rows * shape.cols);
    const matrix_view<float> reals(all.data(), shape.rows, shape.cols);
    dequantize(from, reals);
    quantize_into<To>(reals, to);
  } else {
    std::vector<float> values(shape.cols);
    std::vector<range> ranges(to.group_count());
    std::vector<bool> seen(to.group_count(), false);
    for (std::size_t row = 0; row < shape.rows; ++row) {
      row_values(from, row, values);
      for (std::size_t k = 0; k < shape.cols; ++k) {
        expects(is_finite(values[k]), "quantize: value [", row, ", ", k, "] is ", values[k]);
        const std::size_t g = to.group_of(row, k);
        ranges[g] = seen[g] ? range{minimum(values[k], ranges[g].min), maximum(values[k], ranges[g].max)}
                            : range{values[k], values[k]};
        seen[g] = true;
      }
    }
    std::vector<group_parameters> parameters(ranges.size());
    for (std::size_t g = 0; g < ranges.size(); ++g) {
      parameters[g] = to.scheme().mapping.choose({ranges[g].min + 0.0f, ranges[g].max + 0.0f}, to.scheme().element);
      expects_parameters<To>(parameters[g], g);
    }
    to.clear_zero_points();
    reference::store_parameters(to, parameters, []<class Nested>(matrix_view<const float> plane, const Nested& s) {
      return quantize<Nested>(plane, min_max{}, s);
    });
    const matrix_view<const float> repeated(values.data(), shape.rows, shape.cols, 0);  // each row is the one at hand
    for (std::size_t row = 0; row < shape.rows; ++row) {
      row_values(from, row, values);
      encode_row(repeated, row, to);
    }
  }
}

/// `from` in the scheme of `to`, whose planes are overwritten: the same bits and report as `reference::transcode`.
///
/// Exact where To can hold the numbers: levels are joined by `level_map`, parameters survive being stored, groups of To lie
/// within groups of From or join groups of equal parameters, and every level that occurs has a code. What is not exact is
/// quantized from its dequantized rows, with the range of each group. Decided row by row where `rows_are_independent<To>`, else
/// for the matrix.
///
/// @param  to  [n, k] as `from`; unspecified after an error
/// @return whether it is exact, and the error against the dequantized `from`
/// @throws halftone::error if the shapes differ, a scale or offset is NaN or infinite, or a weight that has to be quantized is
/// @par Cost  planes are copied where both sides keep everything alike; one pass over codes where it is exact otherwise; one to
///            three more where it is not. Allocates two rows of floats, three where rows are not decided on one by one, and, but for copies,
///            parameters, 16 to 25 bytes a group; a row of To where they are; never a matrix of floats, but for mappings that look at all weights.
template <scheme_type From, scheme_type To>
transcode_report transcode_into(const quantized_matrix<From>& from, quantized_matrix<To>& to) {
  expects(from.shape() == to.shape(), "transcode: from is [", from.rows(), ", ", from.cols(), "], to [", to.rows(), ", ", to.cols(),
          "]");
  expects_finite_parameters(from);
  if (move_rows(from, 0, to)) {
    return {.exact = true, .error = reference::report_of(0.0, 0.0, 0.0, to.bits_per_weight())};
  }
  error_sums sums;
  std::vector<float> wanted(from.cols());
  std::vector<float> values(from.cols());
  if constexpr (rows_are_independent<To>) {
    quantized_matrix<To> one(matrix_shape{1, from.cols()}, to.scheme());
    for (std::size_t row = 0; row < from.rows(); ++row) {
      row_values(from, row, wanted);
      if (!move_rows(from, row, one)) {
        quantize_into<To>({wanted.data(), 1, wanted.size()}, one);
      }
      reference::copy_rows(one, 0, 1, to, row);
      row_values(one, 0, values);
      sums.add(wanted.data(), values.data(), values.size());
    }
  } else {
    quantize_again(from, to);
    for (std::size_t row = 0; row < from.rows(); ++row) {
      row_values(from, row, wanted);
      row_values(to, row, values);
      sums.add(wanted.data(), values.data(), values.size());
    }
  }
  const error_report error = sums.report(to.bits_per_weight());
  return {.exact = error.max_error == 0.0, .error = error};  // zeros are kept by being quantized, too
}

/// `transcode_into` a new matrix: transcode<To>(q).
/// @param  scheme  where a policy of To holds run-time data
template <scheme_type To, scheme_type From>
[[nodiscard]] transcoded<To> transcode(const quantized_matrix<From>& from, const To& scheme = {}) {
  transcoded<To> out{.matrix = quantized_matrix<To>(from.shape(), scheme), .exact = false, .error = {}};
  const transcode_report report = transcode_into(from, out.matrix);
  out.exact = report.exact;
  out.error = report.error;
  return out;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
