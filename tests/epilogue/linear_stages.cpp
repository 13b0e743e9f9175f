// SPDX-License-Identifier: MIT
// Halftone tests: stages of one arithmetic step, and what they expect of the output's shape.
#include <halftone/epilogue/linear_stages.hpp>

#include <doctest/doctest.h>

#include <vector>

#include <array>
#include <cmath>
#include <limits>

namespace {
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();
const halftone::tile_position nowhere{};
}  // namespace

TEST_CASE("multiply scales by one factor, rounded once") {
  CHECK(halftone::multiply{}.apply(3.5f, nowhere) == 3.5f);
  CHECK(halftone::multiply{0.1f}.apply(3.0f, nowhere) == 0.1f * 3.0f);
  CHECK(halftone::multiply{-2.0f}.apply(infinity, nowhere) == -infinity);
}

TEST_CASE("multiply_columns and add_bias take the value of the column") {
  const std::array<float, 4> values{1.0f, 2.0f, 4.0f, 8.0f};
  for (std::size_t j = 0; j < 4; ++j) {
    CHECK(halftone::multiply_columns{values}.apply(3.0f, {7, j, 1}) == 3.0f * values[j]);
    CHECK(halftone::add_bias{values}.apply(3.0f, {7, j, 1}) == 3.0f + values[j]);
  }
}

TEST_CASE("residual adds the value of the row and the column of a strided view") {
  const std::array<float, 12> data{0, 1, 2, -1, 4, 5, 6, -1, 8, 9, 10, -1};
  const halftone::residual stage{{data.data(), 3, 3, 4}};
  CHECK(stage.apply(0.5f, {2, 1, 1}) == 9.5f);
  CHECK(stage.apply(0.5f, {0, 2, 1}) == 2.5f);
}

TEST_CASE("relu cuts below zero, NaN included") {
  CHECK(halftone::relu{}.apply(2.0f, nowhere) == 2.0f);
  CHECK(halftone::relu{}.apply(-2.0f, nowhere) == 0.0f);
  CHECK(halftone::relu{}.apply(infinity, nowhere) == infinity);
  CHECK(halftone::relu{}.apply(not_a_number, nowhere) == 0.0f);
}

TEST_CASE("clamp cuts at both ends, NaN gives the low one") {
  const halftone::clamp stage{.low = -1.0f, .high = 6.0f};
  CHECK(stage.apply(-2.0f, nowhere) == -1.0f);
  CHECK(stage.apply(7.0f, nowhere) == 6.0f);
  CHECK(stage.apply(3.0f, nowhere) == 3.0f);
  CHECK(stage.apply(not_a_number, nowhere) == -1.0f);
  CHECK(halftone::clamp{}.apply(-infinity, nowhere) == -infinity);
  CHECK(halftone::clamp{}.apply(1e30f, nowhere) == 1e30f);
}

TEST_CASE("stages with data check it against the output's shape") {
  const std::array<float, 8> data{};
  const std::span<const float> three(data.data(), 3);
  CHECK_NOTHROW(halftone::multiply_columns{three}.expects_shape({9, 3}));
  CHECK_NOTHROW(halftone::add_bias{three}.expects_shape({0, 3}));
  CHECK_THROWS_WITH_AS(halftone::multiply_columns{three}.expects_shape({3, 4}),
                       "gemm: multiply_columns has 3 factors for 4 output columns", halftone::error);
  CHECK_THROWS_WITH_AS(halftone::add_bias{three}.expects_shape({3, 2}), "gemm: add_bias has 3 values for 2 output columns",
                       halftone::error);
  CHECK_NOTHROW(halftone::residual{{data.data(), 2, 3, 4}}.expects_shape({2, 3}));
  CHECK_THROWS_WITH_AS((halftone::residual{{data.data(), 2, 3}}.expects_shape({3, 2})),
                       "gemm: residual is [2, 3], the output [3, 2]", halftone::error);
  CHECK_THROWS_WITH_AS((halftone::residual{{nullptr, 2, 3}}.expects_shape({2, 3})),
                       "gemm: residual is null but has shape [2, 3]", halftone::error);
  CHECK_NOTHROW(halftone::clamp{.low = 1.0f, .high = 1.0f}.expects_shape({1, 1}));
  CHECK_THROWS_WITH_AS((halftone::clamp{.low = 2.0f, .high = 1.0f}.expects_shape({1, 1})),
                       "gemm: clamp has low 2 above high 1", halftone::error);
  CHECK_THROWS_AS((halftone::clamp{.low = not_a_number, .high = 1.0f}.expects_shape({1, 1})), halftone::error);
}

TEST_CASE("data of a stage may not overlap the output, but a residual may be the output") {
  std::vector<float> data(20, 1.0f);
  const halftone::matrix_view<float> y(data.data(), 2, 5, 10);
  CHECK_NOTHROW(halftone::residual{{data.data(), 2, 5, 10}}.expects_apart(y));
  CHECK_THROWS_AS((halftone::residual{{data.data() + 1, 2, 5, 10}}.expects_apart(y)), halftone::error);
  CHECK_THROWS_AS((halftone::residual{{data.data(), 2, 5, 5}}.expects_apart(y)), halftone::error);
  const std::span<const float> inside(data.data() + 3, 5);
  CHECK_THROWS_WITH_AS(halftone::add_bias{inside}.expects_apart(y), "gemm: the data of add_bias overlaps y", halftone::error);
  CHECK_THROWS_WITH_AS(halftone::multiply_columns{inside}.expects_apart(y),
                       "gemm: the data of multiply_columns overlaps y", halftone::error);
  const std::vector<float> elsewhere(5);
  CHECK_NOTHROW(halftone::add_bias{elsewhere}.expects_apart(y));
}
