// SPDX-License-Identifier: MIT
// Halftone tests: fake_quantize.
#include <halftone/format/torch/fake_quantize.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace halftone;

TEST_CASE("values that quantization would give, and where gradients pass") {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> x{0.5f, 1.5f, -0.5f, 300.0f, -300.0f, 3e38f, infinity, -infinity, std::numeric_limits<float>::quiet_NaN()};
  std::vector<float> y(x.size());
  std::vector<std::uint8_t> mask(x.size());
  const group_parameters p{.scale = 1.0f, .zero_point = 3};
  torch::fake_quantize({x.data(), 1, x.size()}, {&p, 1}, {-128, 127}, matrix_view<float>(y.data(), 1, y.size()),
                       matrix_view<std::uint8_t>(mask.data(), 1, mask.size()));
  CHECK(y == std::vector<float>{0.0f, 2.0f, 0.0f, 124.0f, -131.0f, 124.0f, 124.0f, -131.0f, -131.0f});
  CHECK(mask == std::vector<std::uint8_t>{1, 1, 1, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("parameters of rows") {
  const std::vector<float> x{1.0f, 2.0f, 1.0f, 2.0f};
  std::vector<float> y(4);
  std::vector<std::uint8_t> mask(4);
  const std::vector<group_parameters> p{{.scale = 4.0f}, {.scale = 0.5f}};
  torch::fake_quantize({x.data(), 2, 2}, p, {0, 3}, matrix_view<float>(y.data(), 2, 2), matrix_view<std::uint8_t>(mask.data(), 2, 2));
  CHECK(y == std::vector<float>{0.0f, 0.0f, 1.0f, 1.5f});
  CHECK(mask == std::vector<std::uint8_t>{1, 1, 1, 0});
}

TEST_CASE("wrong calls of fake_quantize are refused") {
  std::vector<float> x(4);
  std::vector<std::uint8_t> mask(4);
  const std::vector<group_parameters> p(3);
  const auto call = [&](std::size_t rows_of_y, std::size_t parameters) {
    torch::fake_quantize({x.data(), 2, 2}, {p.data(), parameters}, {}, matrix_view<float>(x.data(), rows_of_y, 2),
                         matrix_view<std::uint8_t>(mask.data(), 2, 2));
  };
  CHECK_THROWS_WITH_AS(call(1, 1), doctest::Contains("y and the mask must be the same"), error);
  CHECK_THROWS_WITH_AS(call(2, 3), doctest::Contains("3 parameters for 2 rows"), error);
}
