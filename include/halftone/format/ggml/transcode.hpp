// SPDX-License-Identifier: MIT
// Halftone: blocks of one format of ggml as blocks of another, row by row.
#pragma once

#include <halftone/format/ggml/convert.hpp>
#include <halftone/quantize/transcode.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml {

/// Blocks of From as blocks of To. A row that To can hold is moved and keeps its numbers; any other is decoded and goes through
/// ggml's encoder, and its error is measured.
///
/// @param blocks  rows * row_bytes<From>(cols)
/// @param out     rows * row_bytes<To>(cols)
/// @return        whether every row is exact, and the error against the decoded blocks; or a failure: what `read` refuses, a row
///                that is no whole number of To's blocks, numbers that are not finite
/// @throws        halftone::error if `out` has another size
/// @par Cost      one row of each scheme and two of floats are allocated
template <format_scheme From, format_scheme To, class FromFormat = block_format<From>, class ToFormat = block_format<To>>
[[nodiscard]] result<transcode_report> transcode(std::span<const std::uint8_t> blocks, matrix_shape shape,
                                                 std::span<std::uint8_t> out) {
  const std::size_t from_length = row_bytes<From, FromFormat>(shape.cols);
  const std::size_t to_length = row_bytes<To, ToFormat>(shape.cols);
  if (shape.cols % FromFormat::block::weights != 0 || shape.cols % ToFormat::block::weights != 0) {
    return file_failure{file_error::malformed, 0,
                        detail::message("ggml::transcode: a row of ", shape.cols, " weights is no whole number of ",
                                        std::string(FromFormat::name), " and of ", std::string(ToFormat::name), " blocks")};
  }
  if (blocks.size() != saturated_product(shape.rows, from_length)) {
    return file_failure{file_error::bad_extent, blocks.size(),
                        detail::message("ggml::transcode: [", shape.rows, ", ", shape.cols, "] in ", std::string(FromFormat::name),
                                        " is not ", blocks.size(), " bytes")};
  }
  expects(out.size() == saturated_product(shape.rows, to_length), "ggml::transcode: [", shape.rows, ", ", shape.cols, "] in ",
          std::string(ToFormat::name), " is not ", out.size(), " bytes");
  const matrix_shape row_shape{1, shape.cols};
  quantized_matrix<From> from(row_shape);
  quantized_matrix<To> to(row_shape);
  std::vector<float> wanted(shape.cols);
  std::vector<float> values(shape.cols);
  error_sums sums;
  for (std::size_t row = 0; row < (shape.cols == 0 ? 0 : shape.rows); ++row) {
    const std::span<std::uint8_t> encoded = out.subspan(row * to_length, to_length);
    std::size_t at = 0;
    if (const char* why = read_blocks<From, FromFormat>(blocks.subspan(row * from_length, from_length), from, at)) {
      return file_failure{file_error::malformed, row * from_length + at,
                          detail::message("ggml::transcode: row ", row, " is no ", std::string(FromFormat::name), ": ", why)};
    }
    row_values(from, 0, wanted);
    if (!all_finite(wanted.data(), wanted.size())) {
      return file_failure{file_error::malformed, row * from_length,
                          detail::message("ggml::transcode: row ", row, " holds a NaN or an infinity")};
    }
    if (move_rows(from, 0, to)) {
      write_blocks<To, ToFormat>(to, encoded);
    } else {
      encode<To, ToFormat>({wanted.data(), 1, wanted.size()}, encoded);
      if (const char* why = read_blocks<To, ToFormat>(encoded, to, at)) {
        return file_failure{file_error::malformed, row * from_length, detail::message("ggml::transcode: row ", row, ": ", why)};
      }
    }
    row_values(to, 0, values);
    sums.add(wanted.data(), values.data(), values.size());
  }
  const double bits = shape.cols == 0 ? 0.0 : 8.0 * static_cast<double>(ToFormat::bytes) / static_cast<double>(ToFormat::block::weights);
  const error_report error = sums.report(bits);
  return transcode_report{.exact = error.max_error == 0.0, .error = error};
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml
