// SPDX-License-Identifier: MIT
// Halftone: test data, and comparison of results with the reference bit for bit.
#pragma once

#include <halftone/halftone.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace probe {

/// Normally distributed numbers by Box and Muller, with mean 0 and variance 1; equal for equal seeds.
inline std::vector<float> gaussian(std::size_t count, std::uint64_t seed) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double u = 1.0 - static_cast<double>(halftone::random_unit(seed, 2 * i));
    const double v = static_cast<double>(halftone::random_unit(seed, 2 * i + 1));
    values[i] = static_cast<float>(std::sqrt(-2.0 * std::log(u)) * std::cos(6.283185307179586 * v));
  }
  return values;
}

/// Name and bytes of every plane: two quantized matrices are equal exactly if these are.
template <class Scheme>
std::vector<std::pair<std::string, std::vector<std::uint8_t>>> planes_of(halftone::quantized_matrix<Scheme> q) {
  std::vector<std::pair<std::string, std::vector<std::uint8_t>>> planes;
  q.for_each_plane(
      "q", [&](const std::string& name, halftone::plane_type, std::size_t, std::size_t, std::span<std::uint8_t> bytes) {
        planes.emplace_back(name, std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
      });
  return planes;
}

/// The index of the first value whose bits differ, or the size where all are equal.
template <class T>
std::size_t first_difference(const std::vector<T>& a, const std::vector<T>& b) {
  std::size_t i = 0;
  while (i < a.size() && i < b.size() && std::memcmp(&a[i], &b[i], sizeof(T)) == 0) {
    ++i;
  }
  return a.size() == b.size() ? i : std::min(i, std::min(a.size(), b.size()) - 1);
}

/// Requires the same bits, and says where they differ first.
template <class T>
void require_equal(const std::vector<T>& result, const std::vector<T>& expected, const std::string& step) {
  const std::size_t at = first_difference(result, expected);
  CAPTURE(step);
  CAPTURE(at);
  REQUIRE(result.size() == expected.size());
  REQUIRE(at == expected.size());
}

template <class Scheme>
void require_same_planes(const halftone::quantized_matrix<Scheme>& result,
                         const halftone::quantized_matrix<Scheme>& expected, const std::string& step) {
  const auto a = planes_of(result);
  const auto b = planes_of(expected);
  CAPTURE(step);
  REQUIRE(result.shape() == expected.shape());
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    REQUIRE(a[i].first == b[i].first);
    require_equal(a[i].second, b[i].second, step + ", plane " + a[i].first);
  }
}

template <class Scheme>
std::vector<float> dequantized(const halftone::quantized_matrix<Scheme>& q) {
  std::vector<float> y(q.rows() * q.cols());
  halftone::dequantize(q, {y.data(), q.rows(), q.cols()});
  return y;
}

/// Activations and an epilogue for a multiplication of [m, k] by weights [n, k].
struct multiplication {
  std::size_t m, n, k;
  std::vector<float> x = gaussian(m * k, 100 + m);
  std::vector<float> bias = gaussian(n, 200);
  std::vector<float> added = gaussian(m * n, 300);

  [[nodiscard]] halftone::matrix_view<const float> floats() const { return {x.data(), m, k}; }
  [[nodiscard]] auto codes() const { return halftone::dynamic<halftone::int8_per_token>(floats()); }
  [[nodiscard]] auto finish() const {
    return halftone::epilogue{halftone::add_bias{bias}, halftone::silu{}, halftone::residual{{added.data(), m, n}}};
  }

  /// Requires that multiply(activations, y, stages) and reference(activations, y, stages) give the same bits.
  void check(const auto& activations, const auto& stages, const auto& multiply, const auto& reference,
             const std::string& step) const {
    std::vector<float> y(m * n);
    std::vector<float> expected(m * n);
    multiply(activations, halftone::matrix_view<float>(y.data(), m, n), stages);
    reference(activations, halftone::matrix_view<float>(expected.data(), m, n), stages);
    require_equal(y, expected, step + ", m = " + std::to_string(m));
  }
};

}  // namespace probe
