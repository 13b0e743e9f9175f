// SPDX-License-Identifier: MIT
// The error report is that of the reference, to the last bit.
#include <halftone/core/random.hpp>
#include <halftone/quantize/compare.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace halftone;

TEST_CASE_TEMPLATE("compare gives the doubles of the reference", Scheme, int8_per_channel, uint4_g32, int3_g32, float16,
                   scheme<int4, symmetric, per_channel<1>>) {
  for (const matrix_shape shape : {matrix_shape{1, 1}, {3, 15}, {2, 16}, {5, 17}, {4, 100}, {1, 333}}) {
    std::vector<float> w(shape.rows * (shape.cols + 2));
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = random_unit(shape.cols, i) - 0.5f;
    }
    const matrix_view<const float> view(w.data(), shape.rows, shape.cols, shape.cols + 2);
    const auto q = quantize<Scheme>(view);
    const error_report fast = compare(view, q);
    const error_report plain = reference::compare(view, q);
    CHECK(fast.relative_mse == plain.relative_mse);
    CHECK(fast.sqnr_db == plain.sqnr_db);
    CHECK(fast.max_error == plain.max_error);
    CHECK(fast.bits_per_weight == plain.bits_per_weight);
  }
}

TEST_CASE("compare refuses another shape") {
  const std::vector<float> w(12);
  const auto q = quantize<int8_per_tensor>({w.data(), 3, 4});
  CHECK_THROWS_WITH_AS(static_cast<void>(compare({w.data(), 4, 3}, q)), doctest::Contains("[4, 3]"), halftone::error);
}
