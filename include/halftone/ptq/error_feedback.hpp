// SPDX-License-Identifier: MIT
// Halftone: how errors of columns that are quantized first are made good by columns that come later: GPTQ's Hessian, factored.
//
// Columns are taken in an order; with H in that order and damped, H = (I + A) D (I + A)^T with A strictly upper triangular and D
// diagonal. The output error of W' = W + E is then sum over columns of D[i] (E[i] + sum over l < i of E[l] A[l, i])^2, so that a
// column which is rounded to nearest after W[i] - sum E[l] A[l, i] adds what its rounding leaves, and no more.
// GPTQ (Frantar et al., arXiv:2210.17323) says the same with the Cholesky factor U of the inverse: A[l, i] = -U[l, i] / U[l, l] of the
// inverse triangle. From H itself there is nothing to invert (Chee et al., arXiv:2307.13304, theorem 6: GPTQ equals LDLQ).
#pragma once

#include <halftone/ptq/cholesky.hpp>

#include <cmath>
#include <numeric>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq {

struct feedback_options {
  double damping = 0.01;         ///< this part of the mean of H's diagonal is added to it; more where H cannot be factored
  bool activation_order = true;  ///< columns with the largest diagonal first (desc_act); of equal ones the left first
};

/// A factored Hessian, for all matrices that share their input.
class error_feedback {
 public:
  /// @param h  [k, k], E[x x^T] up to a factor; symmetric: what is below the diagonal is not read. A column whose diagonal is 0 was
  ///           never seen: it neither gives nor takes feedback. A matrix of zeros gives rounding to nearest.
  /// @throws   halftone::error if h is not square, holds a NaN or an infinity, has a diagonal below zero, or cannot be factored even
  ///           with its mean added to its diagonal; if the damping is not in [0, 1]
  /// @par Cost k^3 / 6 products and sums in double; 12 k^2 bytes, of which 4 k^2 stay. The same bits everywhere.
  explicit error_feedback(matrix_view<const double> h, const feedback_options& options = {}, const context& use = {}) {
    expects_valid(h, "error_feedback", "h");
    expects(h.rows() == h.cols(), "error_feedback: h is [", h.rows(), ", ", h.cols(), "], should be square");
    expects(options.damping >= 0.0 && options.damping <= 1.0, "error_feedback: the damping is ", options.damping, ", outside 0..1");
    const double unit = unit_of(h);
    order_columns(h, options.activation_order);
    double mean = 0.0;
    for (std::size_t i = 0; i < h.rows(); ++i) {
      mean += product(h(i, i), unit);
    }
    mean /= static_cast<double>(std::max<std::size_t>(size() - unseen_.size(), 1));
    padded_square factor(h.rows());
    for (damping_ = options.damping;; damping_ = std::min(std::max(10.0 * damping_, 0.001), 1.0)) {
      copy_damped(h, unit, product(mean, damping_), factor);
      const bool factored = factor_cholesky(factor, use);
      if (factored || damping_ == 1.0) {
        expects(factored, "error_feedback: h is not positive semidefinite: with its mean added to its diagonal it has no factor");
        break;
      }
    }
    keep(factor, unit);
  }

  [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }
  /// The column at each place.
  [[nodiscard]] std::span<const std::uint32_t> order() const noexcept { return order_; }
  [[nodiscard]] bool in_natural_order() const noexcept { return std::is_sorted(order_.begin(), order_.end()); }
  /// Columns whose diagonal is 0, by number.
  [[nodiscard]] std::span<const std::uint32_t> unseen() const noexcept { return unseen_; }
  /// The damping that was needed.
  [[nodiscard]] double damping() const noexcept { return damping_; }
  /// D of each place.
  [[nodiscard]] std::span<const double> pivots() const noexcept { return pivots_; }
  /// Row `place` of A, rounded to float; 0 up to the diagonal. Sixteen floats before and after it can be read, too.
  [[nodiscard]] const float* row(std::size_t place) const noexcept { return values_.data() + pad + place * stride(); }
  /// From one row to the next.
  [[nodiscard]] std::size_t stride() const noexcept { return stride_for(size()); }

  static constexpr std::size_t pad = 16;
  [[nodiscard]] static std::size_t stride_for(std::size_t columns) noexcept { return round_up(columns, pad) + pad; }

 private:
  /// A power of two that brings the largest of the diagonal near 1.
  [[nodiscard]] static double unit_of(matrix_view<const double> h) {
    double largest = 0.0;
    for (std::size_t i = 0; i < h.rows(); ++i) {
      expects(!(h(i, i) < 0.0), "error_feedback: h[", i, ", ", i, "] is ", h(i, i), "; a mean of squares is not below zero");
      for (std::size_t j = i; j < h.cols(); ++j) {
        expects(std::isfinite(h(i, j)), "error_feedback: h[", i, ", ", j, "] is ", h(i, j));
      }
      largest = std::max(largest, h(i, i));
    }
    return largest == 0.0 ? 1.0 : std::ldexp(1.0, std::min(-std::ilogb(largest), 1000));
  }

  void order_columns(matrix_view<const double> h, bool by_activation) {
    order_.resize(h.rows());
    std::iota(order_.begin(), order_.end(), std::uint32_t{0});
    if (by_activation) {
      std::sort(order_.begin(), order_.end(),
                [&](std::uint32_t a, std::uint32_t b) { return h(a, a) != h(b, b) ? h(a, a) > h(b, b) : a < b; });
    }
    for (std::size_t i = 0; i < h.rows(); ++i) {
      if (h(i, i) == 0.0) {
        unseen_.push_back(static_cast<std::uint32_t>(i));
      }
    }
  }

  /// The last column first: the lower factor of that is the upper one of H.
  void copy_damped(matrix_view<const double> h, double unit, double added, padded_square& to) const noexcept {
    const std::size_t n = size();
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t row = order_[n - 1 - i];
      for (std::size_t j = i; j < n; ++j) {
        const std::size_t column = order_[n - 1 - j];
        to(i, j) = product(row < column ? h(row, column) : h(column, row), unit);
      }
      to(i, i) = (h(row, row) == 0.0 ? 1.0 : to(i, i)) + added;
      std::fill_n(to.row(i) + n, to.padded() - n, 0.0);
    }
    for (std::size_t i = n; i < to.padded(); ++i) {
      std::fill_n(to.row(i), to.padded(), 0.0);
      to(i, i) = 1.0;
    }
  }

  void keep(const padded_square& factor, double unit) {
    const std::size_t n = size();
    values_ = aligned_buffer<float>(saturated_sum(saturated_product(n, stride()), 2 * pad));
    pivots_.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t flipped = n - 1 - i;
      const double root = factor(flipped, flipped);
      pivots_[i] = root * root / unit;
      for (std::size_t l = 0; l < i; ++l) {
        values_.data()[pad + l * stride() + i] = static_cast<float>(factor(flipped, n - 1 - l) / root);
      }
    }
  }

  std::vector<std::uint32_t> order_, unseen_;
  std::vector<double> pivots_;
  double damping_ = 0.0;
  aligned_buffer<float> values_;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq
