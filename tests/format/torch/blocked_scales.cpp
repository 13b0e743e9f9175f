// SPDX-License-Identifier: MIT
// Halftone tests: torchao's order of block scales.
#include <halftone/format/torch/blocked_scales.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace halftone;

TEST_CASE("scales come back, and padding is zero") {
  for (const std::size_t rows : {0u, 1u, 31u, 33u, 128u, 129u, 300u}) {
    for (const std::size_t cols : {0u, 1u, 3u, 4u, 5u, 9u}) {
      std::vector<std::uint8_t> scales(rows * cols);
      for (std::size_t i = 0; i < scales.size(); ++i) {
        scales[i] = static_cast<std::uint8_t>(1 + i % 255);
      }
      const auto blocked = torch::to_blocked(scales, {rows, cols});
      CHECK(blocked.size() == (rows + 127) / 128 * 128 * ((cols + 3) / 4 * 4));
      CHECK(torch::from_blocked(blocked, {rows, cols}) == scales);
      CHECK(static_cast<std::size_t>(std::ranges::count(blocked, std::uint8_t{0})) == blocked.size() - scales.size());
    }
  }
}

TEST_CASE("where a scale lies") {
  CHECK(torch::blocked_offset({256, 8}, 0, 3) == 3);
  CHECK(torch::blocked_offset({256, 8}, 1, 0) == 16);
  CHECK(torch::blocked_offset({256, 8}, 33, 2) == 16 + 4 + 2);
  CHECK(torch::blocked_offset({256, 8}, 0, 4) == 512);
  CHECK(torch::blocked_offset({256, 8}, 128, 0) == 1024);
}

TEST_CASE("other sizes are refused") {
  const std::vector<std::uint8_t> bytes(5);
  CHECK_THROWS_WITH_AS(static_cast<void>(torch::to_blocked(bytes, {2, 3})), doctest::Contains("5 bytes for scales [2, 3]"), error);
  CHECK_THROWS_WITH_AS(static_cast<void>(torch::from_blocked(bytes, {2, 3})), doctest::Contains("[2, 3], which take 512"), error);
}
