// SPDX-License-Identifier: MIT
// The specification of transcode against numbers worked out by hand; pairs of schemes are in probes/transcode_pairs.hpp.
#include <halftone/reference/transcode.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace halftone;

TEST_CASE("reference::transcode moves codes where it can") {
  const std::vector<float> w{7.0f, -8.0f, 3.0f, 0.0f, 1.0f, -7.5f};
  const auto from = reference::quantize<int4_g32>({w.data(), 2, 3});
  const auto out = reference::transcode<uint4_g32>(from);
  CHECK(out.exact);
  CHECK(out.error.max_error == 0.0);
  CHECK(out.error.sqnr_db == std::numeric_limits<double>::infinity());
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(out.matrix.zero_point_at(out.matrix.group_of(0, k)) == 8);
    CHECK(out.matrix.value_at(0, k) == from.value_at(0, k));
    CHECK(out.matrix.value_at(1, k) == from.value_at(1, k));
  }
}

TEST_CASE("reference::transcode decides row by row where rows have nothing in common") {
  static_assert(rows_are_independent<int4_g32> && !rows_are_independent<int8_per_tensor> && !rows_are_independent<nvfp4>);
  static_assert(!rows_are_independent<scheme<int4, symmetric, per_channel<0>, stochastic<1>>>);
  using wide = scheme<int4, symmetric, per_group<32>>;
  const std::vector<float> w{7.1f, 1.0f, 3.5f, 0.5f};
  const auto out = reference::transcode<int4_g32>(reference::quantize<wide>({w.data(), 2, 2}));
  CHECK_FALSE(out.exact);
  CHECK(out.error.max_error > 0.0);
  CHECK(out.matrix.value_at(1, 0) == 3.5f);
  CHECK(out.matrix.scale_at(1) == 0.5f);
}

TEST_CASE("reference::transcode refuses what is no number") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  quantized_matrix<scheme<uint4, float_offset, per_tensor>> q(matrix_shape{1, 1});
  q.scale_plane().set(0, nan);
  CHECK_THROWS_WITH_AS(static_cast<void>(reference::transcode<int8_per_tensor>(q)), doctest::Contains("group 0 has scale"),
                       halftone::error);
  q.scale_plane().set(0, 1.0f);
  q.offset_plane().set(0, nan);
  CHECK_THROWS_WITH_AS(static_cast<void>(reference::transcode<int8_per_tensor>(q)), doctest::Contains("group 0 has offset"),
                       halftone::error);
}
