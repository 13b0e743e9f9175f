// SPDX-License-Identifier: MIT
// Halftone example: compiles one scheme in one format of files.
#pragma once

#include "exact.hpp"
#include "layer_type.hpp"
#include "planes.hpp"

#include <halftone/format/target/list.hpp>
#include <halftone/quantize/compare.hpp>

namespace convert {

/// What each target says about matrices of a scheme.
template <class Scheme>
[[nodiscard]] constexpr std::array<std::string_view, target_names.size()> reasons() {
  std::array<std::string_view, target_names.size()> why;
  std::size_t i = 0;
  halftone::target::for_each_target([&]<class Target>(Target) { why[i++] = halftone::why_not<Target, Scheme>(); });
  return why;
}

/// What `min_max` is, by the library's plain path: its fast one takes a second to compile for each scheme, and reading and measuring take
/// the time here.
struct by_range : halftone::min_max {};

template <class Scheme>
[[nodiscard]] halftone::quantized_matrix<Scheme> quantized(halftone::matrix_view<const float> w) {
  return halftone::quantize<Scheme>(w, by_range{});
}

/// A scheme in a format. Format says, with static members, how it quantizes, adds and refuses:
///   quantize<Scheme>(weights) -> quantized_matrix<Scheme>    add(destination, tensor, matrix)    refuses<Scheme>(shape) -> why, or empty
template <class Format, class Scheme>
struct compiled {
  [[nodiscard]] static double bits(halftone::matrix_shape shape) {
    return halftone::quantized_matrix<Scheme>(shape).bits_per_weight();
  }
  [[nodiscard]] static halftone::transcode_report convert(const source_tensor& from, const layer_type&, const destination& to) {
    const std::size_t rows = from.rows(), cols = from.cols();
    const row_reader read = from.open();
    if (halftone::quantized_matrix<Scheme> q(from.shape()); take_planes(read, q)) {
      if (to.is_there()) {
        Format::add(to, from, q);
      }
      return {.exact = true, .error = halftone::reference::report_of(0.0, 0.0, 0.0, q.bits_per_weight())};
    }
    std::vector<float> floats(rows * cols);
    const halftone::matrix_view<const float> w(floats.data(), rows, cols);
    for (std::size_t row = 0; row < rows; ++row) {
      read(row, std::span<float>(floats).subspan(row * cols, cols));
    }
    halftone::quantized_matrix<Scheme> q(w.shape());
    if (!hold_exactly(w, read, 0, q)) {
      q = Format::template quantize<Scheme>(w);
    }
    const halftone::error_report error = halftone::compare(w, q);
    if (to.is_there()) {
      Format::add(to, from, q);
    }
    return {.exact = error.max_error == 0.0, .error = error};
  }
  static constexpr layer_type type(std::string_view name) {
    return {.format = Format::format, .name = name, .why_not = reasons<Scheme>(), .bits = bits,
            .refuses = [](halftone::matrix_shape shape) { return Format::template refuses<Scheme>(shape); }, .convert = convert};
  }
};

}  // namespace convert
