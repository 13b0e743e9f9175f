// SPDX-License-Identifier: MIT
// Halftone tests: codes that bitsandbytes chooses in a way of its own.
#include <halftone/format/bitsandbytes/elements.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace halftone;

TEST_CASE("fp4 has two zeros: what is above zero takes the second") {
  using bitsandbytes::fp4;
  CHECK((fp4::encode(0.0f) == 0 && fp4::encode(-0.0f) == 0 && fp4::encode(0x1p-149f) == 8 && fp4::encode(-0x1p-149f) == 0));
  CHECK((fp4::encode(0.0026f) == 8 && fp4::encode(0.0027f) == 1 && fp4::encode(-0.0027f) == 9));
  CHECK((fp4::encode(0.001) == 8 && fp4::encode(-0.001) == 0));
  for (std::uint32_t code = 0; code < 16; ++code) {
    CHECK(fp4::decode(code) == fp4_bnb::decode(code));
    if (code != 0 && code != 8) {
      CHECK(fp4::encode(fp4::decode(code)) == code);
    }
  }
}

TEST_CASE("the dynamic map by way of a grid of 65536 points") {
  using bitsandbytes::dynamic8_on_grid;
  CHECK(dynamic8_on_grid::encode(std::numeric_limits<float>::quiet_NaN()) == 0);
  CHECK(dynamic8_on_grid::encode(std::numeric_limits<float>::infinity()) == 255);
  CHECK(dynamic8_on_grid::encode(-std::numeric_limits<float>::infinity()) == 0);
  // Most entries near zero have no point of the grid: zero itself becomes 1.5e-5, whose nearest entry is 131.
  CHECK((dynamic8_on_grid::encode(0.0f) == 131 && dynamic8::encode(0.0f) == 127));
  CHECK(dynamic8_on_grid::encode(-8.875e-05f) == 121);
  for (std::uint32_t i = 0; i < 65536; ++i) {  // points of the grid themselves take the nearest entry
    const auto x = static_cast<float>(static_cast<double>(i) / 32767.5 - 1.0);
    CHECK(std::abs(dynamic8::decode(dynamic8_on_grid::encode(x)) - x) <= std::abs(dynamic8::decode(dynamic8::encode(x)) - x) + 0x1p-24f);
  }
}
