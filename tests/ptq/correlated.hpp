// SPDX-License-Identifier: MIT
// Halftone tests: weights, correlated inputs with a few large channels, and the error that a quantized matrix makes on them.
#pragma once

#include <halftone/core/matrix_view.hpp>
#include <halftone/core/random.hpp>

#include <cstdint>
#include <vector>

namespace correlated {

/// Nearly Gaussian, variance 1: without libm, so that every machine has the same.
inline float gaussian(std::uint64_t seed, std::uint64_t i) {
  float sum = -6.0f;
  for (std::uint64_t k = 0; k < 12; ++k) {
    sum += halftone::random_unit(seed, 12 * i + k);
  }
  return sum;
}

inline std::vector<float> gaussians(std::size_t count, std::uint64_t seed, float deviation = 1.0f) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = deviation * gaussian(seed, i);
  }
  return values;
}

/// Rows of inputs: along the columns x[j] = 0.9 x[j - 1] + noise, variance 1; four channels 30 times as large.
inline std::vector<float> inputs(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  std::vector<float> x(rows * columns);
  for (std::size_t i = 0; i < rows; ++i) {
    float last = gaussian(seed, i * columns);
    for (std::size_t j = 0; j < columns; ++j) {
      last = j == 0 ? last : 0.9f * last + 0.43589f * gaussian(seed, i * columns + j);
      x[i * columns + j] = last * (j % (columns / 4) == columns / 8 ? 30.0f : 1.0f);
    }
  }
  return x;
}

/// sum of x x^T over the rows, divided by their number.
inline std::vector<double> second_moment(const std::vector<float>& x, std::size_t columns) {
  std::vector<double> h(columns * columns);
  const std::size_t rows = x.size() / columns;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t a = 0; a < columns; ++a) {
      for (std::size_t b = a; b < columns; ++b) {
        h[a * columns + b] += static_cast<double>(x[i * columns + a]) * static_cast<double>(x[i * columns + b]);
      }
    }
  }
  for (std::size_t a = 0; a < columns; ++a) {
    for (std::size_t b = 0; b < columns; ++b) {
      h[a * columns + b] = a <= b ? h[a * columns + b] / static_cast<double>(rows) : h[b * columns + a];
    }
  }
  return h;
}

/// tr(E H E^T) for E = what q holds less w.
template <class Quantized>
double output_error(const Quantized& q, const std::vector<float>& w, const std::vector<double>& h) {
  const std::size_t k = q.cols();
  std::vector<double> e(k);
  double sum = 0.0;
  for (std::size_t row = 0; row < q.rows(); ++row) {
    for (std::size_t a = 0; a < k; ++a) {
      e[a] = static_cast<double>(q.value_at(row, a)) - static_cast<double>(w[row * k + a]);
    }
    for (std::size_t a = 0; a < k; ++a) {
      for (std::size_t b = 0; b < k; ++b) {
        sum += e[a] * h[a * k + b] * e[b];
      }
    }
  }
  return sum;
}

template <class T>
halftone::matrix_view<const T> view(const std::vector<T>& values, std::size_t columns) {
  return {values.data(), columns == 0 ? 0 : values.size() / columns, columns};
}

}  // namespace correlated
