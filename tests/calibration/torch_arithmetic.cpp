// SPDX-License-Identifier: MIT
// Halftone tests: PyTorch's float arithmetic. The conformance suite compares edges, counts and sums over thousands of streams.
#include "streams.hpp"

#include <halftone/calibration/torch_arithmetic.hpp>

using namespace calibration_test;

TEST_CASE("edges") {
  CHECK(torch::linspace(0.0f, 1.0f, 5) == std::vector<float>{0.0f, 0.25f, 0.5f, 0.75f, 1.0f});
  const std::vector<float> edges = torch::linspace(-0.3f, 0.7f, 1001);
  CHECK(edges.front() == -0.3f);
  CHECK(edges.back() == 0.7f);
  CHECK(std::ranges::is_sorted(edges));
  CHECK(torch::arange(2.0f, 0.5f) == std::vector<float>{0.0f, 0.5f, 1.0f, 1.5f});
  CHECK(torch::arange(2.25f, 0.5f).size() == 5);
}

TEST_CASE("counts") {
  std::vector<double> counts(4);
  const std::vector<float> x{0.0f, 0.9f, 1.0f, 3.9f, 4.0f, -0.1f, 4.1f};
  torch::histc(x.data(), x.size(), 0.0f, 4.0f, counts);
  CHECK(counts == std::vector<double>{2, 1, 0, 2});
  std::vector<double> middle(5);
  torch::histc(x.data() + 1, 1, 0.9f, 0.9f, middle);
  CHECK(middle == std::vector<double>{0, 0, 1, 0, 0});
  const float largest = std::numeric_limits<float>::max();
  const std::vector<float> huge{-largest, 0.0f, largest};
  std::vector<double> three(3);
  torch::histc(huge.data(), 3, -largest, largest, three);
  CHECK(three == std::vector<double>{1, 1, 1});
}

TEST_CASE("sums of whole numbers are exact, whatever the length") {
  for (std::size_t n = 0; n < 3000; n += n < 100 ? 1 : 97) {
    std::vector<float> x(n);
    double expected = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      x[i] = static_cast<float>(i % 13);
      expected += static_cast<double>(i % 13);
    }
    CHECK(static_cast<double>(torch::sum(x)) == expected);
  }
}
