// SPDX-License-Identifier: MIT
// Halftone tests: second moments against plain loops, bit for bit.
#include "streams.hpp"

#include <halftone/calibration/second_moment.hpp>

#include <cmath>

using namespace calibration_test;

TEST_CASE("chains over tokens, for any number of channels, batches and threads") {
  auto last_first = [](std::size_t tasks, task_ref task) {
    for (std::size_t t = tasks; t-- > 0;) {
      task(t);
    }
  };
  for (const std::size_t k : {1u, 3u, 7u, 8u, 9u, 16u, 33u, 70u}) {
    second_moments one(k), other(k);
    std::vector<double> h(k * k), sums(k);
    std::size_t tokens = 0;
    for (const std::size_t rows : {1u, 31u, 0u, 32u, 33u, 70u}) {
      const batch x(rows, k, rows + k, 1.0f, rows % 3);
      one.observe(x.view());
      other.observe(x.view(), context{.execute = {last_first, 3}});
      tokens += rows;
      for (std::size_t t = 0; t < rows; ++t) {
        for (std::size_t i = 0; i < k; ++i) {
          sums[i] += static_cast<double>(x.view()(t, i));
          for (std::size_t j = 0; j < k; ++j) {
            h[i * k + j] += static_cast<double>(x.view()(t, i)) * static_cast<double>(x.view()(t, j));
          }
        }
      }
    }
    CHECK(one.count() == tokens);
    CHECK(one.channels() == k);
    const std::vector<double> mean = one.mean(), matrix = one.matrix();
    for (std::size_t i = 0; i < k; ++i) {
      CHECK(one.sum(i) == sums[i]);
      CHECK(mean[i] == sums[i] / static_cast<double>(tokens));
      for (std::size_t j = 0; j < k; ++j) {
        CHECK(one.sum(i, j) == h[i * k + j]);
        CHECK(other.sum(i, j) == h[i * k + j]);
        CHECK(matrix[i * k + j] == h[i * k + j] / static_cast<double>(tokens));
      }
    }
  }
}

TEST_CASE("shards, up to the rounding of their sums") {
  const batch x(100, 20, 1), y(55, 20, 2);
  second_moments one(20), a(20), b(20);
  one.observe(x.view());
  one.observe(y.view());
  a.observe(x.view());
  b.observe(y.view());
  a.merge(b);
  CHECK(a.count() == 155);
  for (std::size_t i = 0; i < 20; ++i) {
    for (std::size_t j = 0; j < 20; ++j) {
      double magnitudes = 0.0;
      for (const batch* both : {&x, &y}) {
        for (std::size_t t = 0; t < both->rows; ++t) {
          magnitudes += std::abs(static_cast<double>(both->view()(t, i)) * static_cast<double>(both->view()(t, j)));
        }
      }
      CHECK(std::abs(a.sum(i, j) - one.sum(i, j)) <= 155.0 * 0x1p-53 * magnitudes);
    }
  }
}

TEST_CASE("no tokens, the ends of float, and what is refused") {
  second_moments none(3);
  none.observe({nullptr, 0, 5});
  CHECK(none.matrix() == std::vector<double>(9, 0.0));
  CHECK(none.mean() == std::vector<double>(3, 0.0));
  const float largest = std::numeric_limits<float>::max();
  const std::vector<float> ends{largest, -largest, 0.0f};
  none.observe({ends.data(), 1, 3});
  CHECK(none.sum(1, 0) == -static_cast<double>(largest) * static_cast<double>(largest));
  refuses_what_is_not_finite(second_moments(20));
  CHECK_THROWS_WITH_AS(second_moments(0), doctest::Contains("second_moments: no channels"), error);
  CHECK_THROWS_WITH_AS(none.observe({ends.data(), 1, 2}), doctest::Contains("tokens of 2 channels follow 3"), error);
  CHECK_THROWS_WITH_AS(none.observe({nullptr, 1, 3}), doctest::Contains("second_moments: x is null"), error);
  CHECK_THROWS_WITH_AS(none.merge(second_moments(4)), doctest::Contains("merges 3 and 4 channels"), error);
}
