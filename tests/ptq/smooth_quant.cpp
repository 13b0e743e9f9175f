// SPDX-License-Identifier: MIT
// Halftone tests: SmoothQuant's scales by their formula; the float function stays.
#include <halftone/ptq/smooth_quant.hpp>

#include <doctest/doctest.h>

#include <ptq/correlated.hpp>

#include <array>
#include <cmath>
#include <limits>

namespace {

using namespace halftone;
using correlated::view;

TEST_CASE("smooth_quant: the formula, over all matrices") {
  constexpr std::size_t k = 12;
  const std::vector<float> q = correlated::gaussians(3 * k, 1), v = correlated::gaussians(2 * k, 2);
  std::vector<float> maxima(k);
  for (std::size_t j = 0; j < k; ++j) {
    maxima[j] = static_cast<float>(j * j);
  }
  const std::array<matrix_view<const float>, 2> matrices{view(q, k), view(v, k)};
  for (const float alpha : {0.0f, 0.5f, 0.85f, 1.0f}) {
    const std::vector<float> scales = ptq::smooth_quant_scales(maxima, matrices, alpha);
    CHECK(scales[0] == 1.0f);
    for (std::size_t j = 1; j < k; ++j) {
      float largest = 0.0f;
      for (std::size_t row = 0; row < 3; ++row) {
        largest = std::max({largest, std::abs(q[row * k + j]), row < 2 ? std::abs(v[row * k + j]) : 0.0f});
      }
      CHECK(scales[j] == doctest::Approx(std::pow(maxima[j], alpha) / std::pow(largest, 1.0f - alpha)).epsilon(1e-5));
      CHECK((alpha < 1.0f || maxima[j] / scales[j] == 1.0f));  // every channel at maximum 1
    }
    std::vector<float> w = q, x = maxima;
    ptq::multiply_columns({w.data(), 3, k}, scales);
    ptq::divide_columns({x.data(), 1, k}, scales);
    for (std::size_t row = 0; row < 3; ++row) {
      double before = 0.0, after = 0.0;
      for (std::size_t j = 0; j < k; ++j) {
        before += static_cast<double>(q[row * k + j]) * static_cast<double>(maxima[j]);
        after += static_cast<double>(w[row * k + j]) * static_cast<double>(x[j]);
      }
      CHECK(after == doctest::Approx(before).epsilon(1e-4));
    }
  }
}

TEST_CASE("smooth_quant: dead weights, and what is refused") {
  const std::vector<float> zeros(2), good{1.0f, 4.0f}, bad{1.0f, -1.0f}, endless{std::numeric_limits<float>::infinity(), 1.0f};
  const std::array<matrix_view<const float>, 1> one{view(zeros, 2)}, wide{view(zeros, 1)}, none{matrix_view<const float>(nullptr, 1, 2)};
  CHECK(ptq::smooth_quant_scales(good, one)[1] == doctest::Approx(2.0 / std::sqrt(1e-5)));
  CHECK_THROWS_WITH_AS(static_cast<void>(ptq::smooth_quant_scales(good, one, 1.5f)), "smooth_quant_scales: alpha is 1.5, outside 0..1", error);
  CHECK_THROWS_WITH_AS(static_cast<void>(ptq::smooth_quant_scales(good, none)), "smooth_quant_scales: w is null but has shape [1, 2]", error);
  CHECK_THROWS_WITH_AS(static_cast<void>(ptq::smooth_quant_scales(good, wide)), "smooth_quant_scales: w is [2, 1] but there are 2 inputs", error);
  CHECK_THROWS_WITH_AS(static_cast<void>(ptq::smooth_quant_scales(bad, one)), "smooth_quant_scales: input 1 has maximum -1", error);
  CHECK_THROWS_WITH_AS(static_cast<void>(ptq::smooth_quant_scales(endless, one)), "smooth_quant_scales: input 0 has maximum inf", error);
}

}  // namespace
