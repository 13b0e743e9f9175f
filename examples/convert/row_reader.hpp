// SPDX-License-Identifier: MIT
// Halftone example: rows of a matrix in whatever format, as floats, with what those floats were made of.
#pragma once

#include <halftone/core/matrix_view.hpp>
#include <halftone/scheme/mapping.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace convert {

/// A matrix of floats, a row at a time.
struct row_reader {
  std::function<void(std::size_t row, std::span<float> values)> values;
  /// Scale and offset of one weight: its float is scale * n + offset. Null where floats are nothing else: what they are made of is
  /// what other formats need to hold the same floats.
  std::function<halftone::group_parameters(std::size_t row, std::size_t col)> parameters{};
  std::size_t run = 1;  ///< so many weights of a row, from a multiple of it on, have the same
  /// The planes of the whole matrix, one after the other, and what they mean (planes.hpp); empty where there is no such matrix.
  using plane_visitor = std::function<void(std::span<const std::uint8_t>)>;
  std::string planes_mean{};
  std::function<void(const plane_visitor& visit)> planes{};

  void operator()(std::size_t row, std::span<float> to) const { values(row, to); }
};

}  // namespace convert
