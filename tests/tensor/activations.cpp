// SPDX-License-Identifier: MIT
// Halftone tests: views and owners of 8-bit activations.
#include <halftone/scheme/presets.hpp>
#include <halftone/tensor/activations.hpp>

#include <doctest/doctest.h>

#include <array>

namespace {

using namespace halftone;

static_assert(activation_scheme<int8_per_token> && activation_scheme<int8_static> && activation_scheme<uint8_static>);
static_assert(activation_scheme<int8_per_tensor>);  // weights per tensor are codes like any other
static_assert(!activation_scheme<int4_per_channel> && !activation_scheme<int8_g32> && !activation_scheme<float32>);
static_assert(!activation_scheme<scheme<uint8, float_offset, per_token>> && !activation_scheme<int8_per_channel>);
static_assert(!activation_scheme<scheme<int8, symmetric, per_token, stored_as<fp16>>>);

}  // namespace

TEST_CASE("a view reads bytes as signed or unsigned levels, at its stride") {
  const std::array<std::uint8_t, 6> bytes{0, 127, 128, 255, 1, 2};
  const std::array<float, 2> scales{0.5f, 2.0f};
  const std::array<std::int32_t, 2> zeros{3, -4};
  activation_view view{.codes = {bytes.data(), 2, 2, 3}, .is_signed = true, .scales = scales.data(), .zero_points = zeros.data()};
  CHECK(view.rows() == 2);
  CHECK(view.cols() == 2);
  CHECK(view.level(0, 1) == 127);
  CHECK(view.level(1, 0) == -1);
  view.is_signed = false;
  CHECK(view.level(1, 0) == 255);
  CHECK(view.scale(1) == 2.0f);
  CHECK(view.zero_point(1) == -4);
  view.per_row = false;
  CHECK(view.scale(1) == 0.5f);
  CHECK(view.zero_point(1) == 3);
  view.zero_points = nullptr;
  CHECK(view.zero_point(1) == 0);
}

TEST_CASE("owners have a scale for each row or one for all") {
  quantized_activations<int8_per_token> rows({5, 33});
  CHECK(rows.shape() == matrix_shape{5, 33});
  CHECK(rows.rows() == 5);
  CHECK(rows.cols() == 33);
  CHECK(rows.scales().size() == 5);
  CHECK(rows.zero_points().size() == 5);
  CHECK(rows.view().per_row);
  CHECK(rows.view().is_signed);
  quantized_activations<uint8_static> all({5, 33});
  CHECK(all.scales().size() == 1);
  CHECK_FALSE(all.view().per_row);
  CHECK_FALSE(all.view().is_signed);
  all.row_codes(4)[32] = 200;
  all.scales()[0] = 0.25f;
  all.zero_points()[0] = 100;
  CHECK(all.view().level(4, 32) == 200);
  CHECK(all.view().scale(3) == 0.25f);
  CHECK(all.view().zero_point(2) == 100);
}

TEST_CASE("static activations are the caller's bytes") {
  const std::array<std::int8_t, 8> bytes{-1, 2, 0, 0, 3, -4, 0, 0};
  const group_parameters p{.scale = 0.125f, .zero_point = -7};
  const activation_view view = static_activations(matrix_view<const std::int8_t>(bytes.data(), 2, 2, 4), p);
  CHECK(view.is_signed);
  CHECK(view.level(0, 0) == -1);
  CHECK(view.level(1, 1) == -4);
  CHECK(view.scale(1) == 0.125f);
  CHECK(view.zero_point(0) == -7);
  const std::array<std::uint8_t, 2> unsigned_bytes{255, 1};
  CHECK(static_activations(matrix_view<const std::uint8_t>(unsigned_bytes.data(), 1, 2), p).level(0, 0) == 255);
}

TEST_CASE("dynamic only remembers the floats") {
  const std::array<float, 4> x{1, 2, 3, 4};
  const auto d = dynamic<int8_per_token>({x.data(), 1, 3, 4});
  CHECK(d.values.data() == x.data());
  CHECK(d.values.cols() == 3);
}
