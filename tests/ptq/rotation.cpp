// SPDX-License-Identifier: MIT
// Halftone tests: rotations are orthogonal for every size, undone by their inverse, and leave products as they were.
#include <halftone/ptq/rotation.hpp>

#include <doctest/doctest.h>

#include <ptq/correlated.hpp>

#include <cmath>

namespace {

using namespace halftone;

std::vector<double> matrix_of(const ptq::rotation& r) {
  std::vector<double> all;
  for (std::size_t j = 0; j < r.size(); ++j) {
    std::vector<double> unit(r.size());
    unit[j] = 1.0;
    r.apply(std::span<double>(unit));
    all.insert(all.end(), unit.begin(), unit.end());
  }
  return all;  // row j: column j of R
}

TEST_CASE("rotation: orthogonal; Hadamard where Paley or Sylvester has a matrix") {
  for (const std::size_t n : {1u, 2u, 3u, 5u, 6u, 8u, 12u, 20u, 24u, 28u, 30u, 36u, 40u, 44u, 60u, 64u, 76u, 100u, 108u}) {
    CAPTURE(n);
    const ptq::rotation r(n, 7);
    const std::vector<double> m = matrix_of(r);
    double worst = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        double sum = 0.0;
        for (std::size_t k = 0; k < n; ++k) {
          sum += m[i * n + k] * m[j * n + k];
        }
        worst = std::max(worst, std::abs(sum - (i == j ? 1.0 : 0.0)));
        if (r.is_hadamard()) {
          CHECK(std::abs(m[i * n + j]) == doctest::Approx(1.0 / std::sqrt(static_cast<double>(n))));
        }
      }
    }
    CHECK(worst < 1e-12);
    CHECK(r.is_hadamard() == (n != 3 && n != 5 && n != 6 && n != 30 && n != 100));
  }
  CHECK(matrix_of(ptq::rotation(8, 1)) != matrix_of(ptq::rotation(8, 2)));
}

TEST_CASE("rotation: the inverse undoes it, products and output errors stay") {
  for (const std::size_t n : {48u, 56u, 14u}) {
    const ptq::rotation r(n, 3);
    std::vector<float> w = correlated::gaussians(3 * n, 1), x = correlated::gaussians(n, 2);
    x[1] = 50.0f;
    const auto dot = [&](std::size_t row) {
      double sum = 0.0;
      for (std::size_t j = 0; j < n; ++j) {
        sum += static_cast<double>(w[row * n + j]) * static_cast<double>(x[j]);
      }
      return sum;
    };
    std::vector<double> h(n * n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        h[i * n + j] = static_cast<double>(x[i]) * static_cast<double>(x[j]);
      }
    }
    const double before = dot(2);
    const std::vector<float> original = x;
    r.apply_to_rows(matrix_view<float>(w.data(), 3, n));
    r.apply(std::span<float>(x));
    CHECK(dot(2) == doctest::Approx(before).epsilon(1e-4).scale(10.0));
    float largest = 0.0f;
    for (const float value : x) {
      largest = std::max(largest, std::abs(value));
    }
    CHECK(largest < 45.0f);
    r.apply_to_hessian({h.data(), n, n});
    for (std::size_t i = 0; i < n; ++i) {
      CHECK(h[i * n + 1] == doctest::Approx(static_cast<double>(x[i]) * static_cast<double>(x[1])).epsilon(1e-4).scale(10.0));
    }
    r.apply_inverse(std::span<float>(x));
    for (std::size_t i = 0; i < n; ++i) {
      CHECK(x[i] == doctest::Approx(original[i]).epsilon(1e-5).scale(10.0));
    }
  }
}

TEST_CASE("rotation: what is refused") {
  CHECK_THROWS_WITH_AS(ptq::rotation(0, 1), "rotation: of 0 numbers", error);
  const ptq::rotation r(4, 1);
  std::vector<double> v(9);
  CHECK_THROWS_WITH_AS(r.apply(std::span<double>(v)), "rotation: 9 numbers for a rotation of 4", error);
  CHECK_THROWS_WITH_AS(r.apply_inverse(std::span<double>(v)), "rotation: 9 numbers for a rotation of 4", error);
  CHECK_THROWS_WITH_AS(r.apply_to_hessian({v.data(), 2, 4}), "rotation: h has 2 rows for a rotation of 4", error);
}

}  // namespace
