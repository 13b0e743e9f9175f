// SPDX-License-Identifier: MIT
// Halftone tests: what an operand is, and the real activations that a correction sees.
#include <halftone/tensor/weight_operand.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

namespace {

using namespace halftone;

/// The smallest operand: all weights are one.
struct ones {
  matrix_shape shape() const { return {16, 4}; }
  packed_layout layout_id() const { return packed_layout::float_lines; }
  void decode_strip(std::size_t, std::size_t begin, std::size_t end, float* out) const {
    std::fill(out, out + 16 * (end - begin), 1.0f);
  }
};
struct corrected : ones {
  void add_correction(const activation_rows&, std::size_t, std::size_t, std::span<float>) const {}
};

static_assert(weight_operand<ones> && !corrected_operand<ones>);
static_assert(weight_operand<corrected> && corrected_operand<corrected>);
static_assert(!weight_operand<int> && !weight_operand<matrix_view<const float>>);

}  // namespace

TEST_CASE("activation_rows gives floats as they are") {
  const std::array<float, 6> x{1, 2, 99, 3, 4, 99};
  const activation_rows rows(matrix_view<const float>(x.data(), 2, 2, 3));
  CHECK(rows.cols() == 2);
  CHECK(rows.value(1, 0) == 3.0f);
  CHECK(rows.value(0, 1) == 2.0f);
}

TEST_CASE("activation_rows gives the real numbers of codes") {
  const std::array<std::uint8_t, 4> codes{250, 3, 128, 0};
  const std::array<float, 2> scales{0.1f, -2.0f};
  const std::array<std::int32_t, 2> zeros{-3, 5};
  const activation_rows rows(activation_view{
      .codes = {codes.data(), 2, 2}, .is_signed = true, .scales = scales.data(), .zero_points = zeros.data(), .per_row = true});
  CHECK(rows.cols() == 2);
  CHECK(rows.value(0, 0) == -3.0f * 0.1f);  // 250 is -6; -6 - -3
  CHECK(rows.value(0, 1) == 6.0f * 0.1f);
  CHECK(rows.value(1, 0) == -133.0f * -2.0f);
}

TEST_CASE("layout ids are part of packed bytes: their numbers stay") {
  CHECK(static_cast<std::uint32_t>(packed_layout::none) == 0);
  CHECK(static_cast<std::uint32_t>(packed_layout::quad16) == 1);
}
