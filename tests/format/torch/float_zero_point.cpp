// SPDX-License-Identifier: MIT
// Halftone tests: float zero points.
#include <halftone/format/torch/float_zero_point.hpp>

#include <doctest/doctest.h>

using namespace halftone;

TEST_CASE("a zero point that counts in codes is added after the product") {
  const group_parameters p = torch::float_qparams::choose({1.0f, 2.0f}, uint8{});
  CHECK(p.scale == 1.0f / 255.0f);
  CHECK(p.offset == -1.0f / p.scale);
  CHECK(torch::float_qparams::choose({3.0f, 3.0f}, uint8{}) == group_parameters{.scale = 1.0f, .zero_point = 0, .offset = -3.0f});
  const group_parameters half{.scale = 2.0f, .zero_point = 0, .offset = 7.5f};
  CHECK(torch::float_qparams::scaled(3.0f, half, 0.5f) == 9.0f);
  CHECK(torch::float_qparams::real(9.0f, half) == 3.0f);
  CHECK(torch::float_qparams::name() == "torch_float_qparams");
}

TEST_CASE("tinygemm's zero point is the real number of the middle code") {
  using mapping = torch::tinygemm<4>;
  const group_parameters p = mapping::choose({10.0f, 25.0f}, uint4{});
  CHECK(p == group_parameters{.scale = 1.0f, .zero_point = 0, .offset = 18.0f});
  CHECK(mapping::real(8.0f, p) == 18.0f);
  CHECK(mapping::real(0.0f, p) == 10.0f);
  CHECK(mapping::scaled(25.0f, p, 1.0f) == 15.0f);
  CHECK(mapping::choose({0.0f, 0.0f}, uint4{}).scale == 0x1p-126f);
  constexpr float most = std::numeric_limits<float>::max();
  const group_parameters wide = mapping::choose({-most, most}, uint4{});
  CHECK(is_finite(wide.scale));
  CHECK(is_finite(wide.offset));
  CHECK(mapping::name() == "torchao_tinygemm<4>");
}
