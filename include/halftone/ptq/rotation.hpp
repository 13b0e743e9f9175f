// SPDX-License-Identifier: MIT
// Halftone: rotations that spread outliers over all columns: random signs, then a Hadamard matrix as Kronecker factors.
// Ashkboos et al., "QuaRot: Outlier-Free 4-Bit Inference in Rotated LLMs", arXiv:2404.00456; Paley, J. Math. Phys. 12 (1933).
//
//   R = (F_m x H_2 x ... x H_2) diag(signs) / sqrt(size)          size = m 2^a
//
// F_m is a Hadamard matrix of Paley's where there is one (m = q + 1 or 2 q + 2 for a prime q: 12, 20, 28, 36, 44, ...); else, for the odd
// part m of the size, sqrt(m) times the reflection I - 2 / m, which mixes well for small m alone.
#pragma once

#include <halftone/core/error.hpp>
#include <halftone/core/matrix_view.hpp>
#include <halftone/core/random.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq {

namespace detail {

[[nodiscard]] constexpr bool is_prime(std::size_t q) noexcept {
  for (std::size_t d = 2; d * d <= q; ++d) {
    if (q % d == 0) {
      return false;
    }
  }
  return q >= 2;
}

/// The prime of Paley's matrix of this order; 0 where he has none.
[[nodiscard]] constexpr std::size_t paley_prime(std::size_t order) noexcept {
  if (order % 4 != 0) {
    return 0;
  }
  if (is_prime(order - 1)) {  // order - 1 is 3 modulo 4
    return order - 1;
  }
  const std::size_t q = order / 2 - 1;
  return q % 4 == 1 && is_prime(q) ? q : 0;
}

/// [order, order] of +-1.
[[nodiscard]] inline std::vector<double> paley_matrix(std::size_t order) {
  const std::size_t q = paley_prime(order);
  std::vector<double> character(q, -1.0);  // of quadratic residues
  character[0] = 0.0;
  for (std::size_t i = 1; i < q; ++i) {
    character[i * i % q] = 1.0;
  }
  const double sign = q % 4 == 3 ? -1.0 : 1.0;
  const auto conference = [&](std::size_t i, std::size_t j) {
    return i == 0 ? (j == 0 ? 0.0 : 1.0) : j == 0 ? sign : character[(i + q - j) % q];
  };
  std::vector<double> h(order * order);
  for (std::size_t i = 0; i < order; ++i) {
    for (std::size_t j = 0; j < order; ++j) {
      if (q + 1 == order) {
        h[i * order + j] = i == j ? 1.0 : conference(i, j);
      } else {  // conference x [[1, 1], [1, -1]] + I x [[1, -1], [-1, -1]]
        const double both = i % 2 == 1 && j % 2 == 1 ? -1.0 : 1.0;
        h[i * order + j] = i / 2 == j / 2 ? (i % 2 == 0 && j % 2 == 0 ? 1.0 : -1.0) : both * conference(i / 2, j / 2);
      }
    }
  }
  return h;
}

}  // namespace detail

/// An orthogonal matrix [size, size] that is applied in size (m + log size) steps. The same for a size and a seed everywhere.
class rotation {
 public:
  /// @throws  halftone::error if the size is 0
  rotation(std::size_t size, std::uint64_t seed) : size_(size), factor_(size) {
    expects(size != 0, "rotation: of 0 numbers");
    while (factor_ != 0 && factor_ % 2 == 0) {
      factor_ /= 2;
    }
    const std::size_t odd = factor_;
    for (std::size_t order = odd; order <= size && odd != 1; order *= 2) {
      if (size % order == 0 && detail::paley_prime(order) != 0) {
        factor_ = order;
        matrix_ = detail::paley_matrix(order);
        break;
      }
    }
    signs_.resize(size);
    for (std::size_t i = 0; i < size; ++i) {
      signs_[i] = (random_bits(seed, i) & 1u) != 0 ? -1.0 : 1.0;
    }
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Whether all entries have one magnitude.
  [[nodiscard]] bool is_hadamard() const noexcept { return factor_ == 1 || !matrix_.empty(); }

  /// x = R x in place. For weights [n, size] each row is rotated, for activations each token: then W x stays.
  /// In double; rounded to Number once.
  template <class Number>
  void apply(std::span<Number> x) const {
    expects(x.size() == size_, "rotation: ", x.size(), " numbers for a rotation of ", size_);
    std::vector<double> v(x.begin(), x.end());
    for (std::size_t i = 0; i < size_; ++i) {
      v[i] *= signs_[i];
    }
    transform(v, false);
    std::transform(v.begin(), v.end(), x.begin(), [](double a) { return static_cast<Number>(a); });
  }
  /// x = R^T x, which undoes it.
  template <class Number>
  void apply_inverse(std::span<Number> x) const {
    expects(x.size() == size_, "rotation: ", x.size(), " numbers for a rotation of ", size_);
    std::vector<double> v(x.begin(), x.end());
    transform(v, true);
    for (std::size_t i = 0; i < size_; ++i) {
      x[i] = static_cast<Number>(v[i] * signs_[i]);
    }
  }
  /// Every row of a matrix: w R^T.
  template <class Number>
  void apply_to_rows(matrix_view<Number> w) const {
    for (std::size_t row = 0; row < w.rows(); ++row) {
      apply(w.row(row));
    }
  }
  /// R h R^T: the Hessian of rotated inputs.
  void apply_to_hessian(matrix_view<double> h) const {
    expects(h.rows() == size_, "rotation: h has ", h.rows(), " rows for a rotation of ", size_);
    apply_to_rows(h);
    std::vector<double> column(size_);
    for (std::size_t j = 0; j < size_; ++j) {
      for (std::size_t i = 0; i < size_; ++i) {
        column[i] = h(i, j);
      }
      apply(std::span<double>(column));
      for (std::size_t i = 0; i < size_; ++i) {
        h(i, j) = column[i];
      }
    }
  }

 private:
  void transform(std::vector<double>& v, bool transposed) const {
    const std::size_t inner = size_ / factor_;
    for (std::size_t half = 1; half < inner; half *= 2) {
      for (std::size_t i = 0; i < size_; i += 2 * half) {
        for (std::size_t j = i; j < i + half; ++j) {
          const double a = v[j], b = v[j + half];
          v[j] = a + b;
          v[j + half] = a - b;
        }
      }
    }
    const double scale = 1.0 / std::sqrt(static_cast<double>(matrix_.empty() ? inner : size_));
    std::vector<double> column(factor_);
    for (std::size_t i = 0; i < inner; ++i) {
      for (std::size_t r = 0; r < factor_; ++r) {
        column[r] = v[r * inner + i];
      }
      double total = 0.0;
      for (const double c : column) {
        total += c;
      }
      for (std::size_t r = 0; r < factor_; ++r) {
        double sum = factor_ == 1 ? column[r] : column[r] - product(2.0 / static_cast<double>(factor_), total);
        if (!matrix_.empty()) {
          sum = 0.0;
          for (std::size_t c = 0; c < factor_; ++c) {
            sum += matrix_[transposed ? c * factor_ + r : r * factor_ + c] * column[c];  // +-1: exact
          }
        }
        v[r * inner + i] = product(sum, scale);
      }
    }
  }

  std::size_t size_, factor_;
  std::vector<double> matrix_;  // [factor, factor], or none: the reflection
  std::vector<double> signs_;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq
