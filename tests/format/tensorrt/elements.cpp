// SPDX-License-Identifier: MIT
// Halftone tests: codes of ModelOpt's small floats: zeros, ties, ends.
#include <halftone/format/tensorrt/elements.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace halftone;

TEST_CASE("codes of NVFP4 and MXFP4 at ties") {
  constexpr float ties[] = {0.25f, 0.75f, 1.25f, 1.75f, 2.5f, 3.5f, 5.0f};
  constexpr std::uint32_t to_even[] = {0, 2, 2, 4, 4, 6, 6};
  for (std::uint32_t i = 0; i < 7; ++i) {
    CHECK(tensorrt::nvfp4_code::encode(ties[i]) == to_even[i]);
    CHECK(tensorrt::nvfp4_code::encode(-ties[i]) == (to_even[i] | 8));
    CHECK(tensorrt::mxfp4_code::encode(ties[i]) == i);
    CHECK(tensorrt::mxfp4_code::encode(-ties[i]) == (i | 8));
    CHECK(tensorrt::mxfp4_code::encode(static_cast<double>(ties[i]) + 1e-12) == i + 1);
  }
}

TEST_CASE("zeros and ends") {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  CHECK(tensorrt::nvfp4_code::encode(-0.0f) == 0);
  CHECK(!std::signbit(tensorrt::nvfp4_code::decode(8)));
  CHECK(std::signbit(tensorrt::mxfp4_code::decode(8)));
  CHECK(tensorrt::mxfp4_code::encode(0.0f) == 8);
  CHECK(tensorrt::mxfp4_code::encode(-0.0f) == 8);
  CHECK(tensorrt::mxfp4_code::encode(infinity) == 7);
  CHECK(tensorrt::mxfp4_code::encode(-infinity) == 15);
  CHECK(tensorrt::mxfp4_code::decode(tensorrt::mxfp4_code::encode(std::numeric_limits<float>::quiet_NaN())) == 0.0f);
  for (std::uint32_t code = 0; code < 16; ++code) {
    CHECK(tensorrt::nvfp4_code::decode(code) == fp4_e2m1::decode(code));
    CHECK(tensorrt::mxfp4_code::decode(tensorrt::mxfp4_code::encode(fp4_e2m1::decode(code))) == fp4_e2m1::decode(code));
  }
}

TEST_CASE("scales of NVFP4's blocks are never zero") {
  using scale = tensorrt::nvfp4_block_scale;
  CHECK(scale::decode(scale::encode(0.0f)) == 1.0f);
  CHECK(scale::decode(scale::encode(1e-20f)) == 0x1p-9f);
  CHECK(scale::decode(scale::encode(1e20f)) == 448.0f);
  for (std::uint32_t code = 1; code < 127; ++code) {
    CHECK(scale::encode(scale::decode(code)) == code);
  }
}
