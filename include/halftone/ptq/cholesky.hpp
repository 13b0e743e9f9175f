// SPDX-License-Identifier: MIT
// Halftone: the Cholesky factor of a symmetric matrix, bit for bit the same on every machine and for any number of threads.
//
//   a = u^T u, u upper triangular
//   u[i, i] = sqrt(c[i, i]),   u[i, j] = c[i, j] / u[i, i],   c[i, j] = a[i, j] - u[0, i] u[0, j] - u[1, i] u[1, j] - ...
//
// in this order, every product and every difference rounded to double. Blocks of rows change nothing in it.
#pragma once

#include <halftone/core/aligned_buffer.hpp>
#include <halftone/core/executor.hpp>
#include <halftone/core/matrix_view.hpp>
#include <halftone/ptq/double_lanes.hpp>

#include <algorithm>
#include <cmath>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq {

/// A square matrix of doubles, rows and columns padded to whole strips; the padding is that of the identity.
class padded_square {
 public:
  static constexpr std::size_t strip = 8;

  explicit padded_square(std::size_t size)
      : size_(size), padded_(round_up(size, strip)), stride_(saturated_sum(padded_, strip)),
        values_(saturated_product(padded_, stride_)) {
    for (std::size_t i = size; i < padded_; ++i) {
      (*this)(i, i) = 1.0;
    }
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t padded() const noexcept { return padded_; }
  [[nodiscard]] double& operator()(std::size_t i, std::size_t j) noexcept { return values_.data()[i * stride_ + j]; }
  [[nodiscard]] double operator()(std::size_t i, std::size_t j) const noexcept { return values_.data()[i * stride_ + j]; }
  [[nodiscard]] double* row(std::size_t i) noexcept { return values_.data() + i * stride_; }

 private:
  std::size_t size_, padded_, stride_;  // a stride of no power of two: rows do not share the sets of a cache
  aligned_buffer<double> values_;
};

namespace detail {

inline constexpr std::size_t cholesky_block = 64;

/// Rows [first, last) of u from what is left of them. False at a pivot that is not positive and finite.
[[nodiscard]] inline bool factor_rows(padded_square& a, std::size_t first, std::size_t last) noexcept {
  for (std::size_t i = first; i < last; ++i) {
    const double pivot = a(i, i);
    if (!(pivot > 0.0) || pivot > std::numeric_limits<double>::max()) {
      return false;
    }
    const double root = std::sqrt(pivot);
    double* row = a.row(i);
    for (std::size_t j = i; j < a.padded(); ++j) {
      row[j] /= root;
    }
    row[i] = root;
    for (std::size_t r = i + 1; r < last; ++r) {
      double* below = a.row(r);
      for (std::size_t j = r / padded_square::strip * padded_square::strip; j < a.padded(); j += double_lanes::size) {
        minus_product(double_lanes::load(below + j), row[r], double_lanes::load(row + j)).store(below + j);
      }
    }
  }
  return true;
}

/// Subtracts from rows [row, row + 4) what rows of u in `panel` contribute: strips of eight columns, `depth` rows each.
HALFTONE_INLINE void subtract_panel(padded_square& a, std::size_t row, std::size_t begin, const double* panel, std::size_t depth) noexcept {
  constexpr std::size_t strip = padded_square::strip, rows = 4, lanes = strip / double_lanes::size;
  const double* left = panel + (row - begin) / strip * strip * depth + (row - begin) % strip;
  for (std::size_t j = row / strip * strip; j < a.padded(); j += strip) {
    double_lanes sums[rows][lanes];
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t l = 0; l < lanes; ++l) {
        sums[r][l] = double_lanes::load(a.row(row + r) + j + l * double_lanes::size);
      }
    }
    const double* right = panel + (j - begin) * depth;
    for (std::size_t k = 0; k < depth; ++k) {
      for (std::size_t l = 0; l < lanes; ++l) {
        const double_lanes v = double_lanes::load(right + k * strip + l * double_lanes::size);
        for (std::size_t r = 0; r < rows; ++r) {
          sums[r][l] = minus_product(sums[r][l], left[k * strip + r], v);
        }
      }
    }
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t l = 0; l < lanes; ++l) {
        sums[r][l].store(a.row(row + r) + j + l * double_lanes::size);
      }
    }
  }
}

}  // namespace detail

/// Puts the factor into the upper triangle of a; what is below is unspecified. False where a is not positive definite.
/// Cost: size^3 / 6 products and sums, two a clock with SSE2, four with AVX.
[[nodiscard]] inline bool factor_cholesky(padded_square& a, const context& use = {}) {
  constexpr std::size_t strip = padded_square::strip, block = detail::cholesky_block;
  aligned_buffer<double> panel(block * a.padded());
  for (std::size_t first = 0; first < a.padded(); first += block) {
    const std::size_t last = std::min(first + block, a.padded());
    if (!detail::factor_rows(a, first, last)) {
      return false;
    }
    const std::size_t depth = last - first;
    for (std::size_t j = last; j < a.padded(); j += strip) {
      for (std::size_t k = 0; k < depth; ++k) {
        std::copy_n(a.row(first + k) + j, strip, panel.data() + (j - last) * depth + k * strip);
      }
    }
    const auto task = [&](std::size_t t) {
      for (std::size_t row = last + t * block; row < std::min(last + (t + 1) * block, a.padded()); row += 4) {
        detail::subtract_panel(a, row, last, panel.data(), depth);
      }
    };
    use.execute(ceil_div(a.padded() - last, block), task);
  }
  return true;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq
