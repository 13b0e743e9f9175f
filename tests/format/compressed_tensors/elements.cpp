// SPDX-License-Identifier: MIT
// Halftone tests: codes of zeros as compressed-tensors writes them.
#include <halftone/format/compressed_tensors/elements.hpp>

#include <doctest/doctest.h>

using namespace halftone;
namespace ct = halftone::compressed_tensors;

TEST_CASE("fp4: minus zero is zero, small negative numbers are not") {
  CHECK((ct::fp4_code::encode(-0.0f) == 0 && ct::fp4_code::encode(-0.0) == 0 && ct::fp4_code::encode(-0.25f) == 8));
  for (std::uint32_t code = 0; code < 16; ++code) {
    CHECK(ct::fp4_code::encode(ct::fp4_code::decode(code)) == (code == 8 ? 0 : code));
  }
}

TEST_CASE("fp8 scales: 0.125 for zero") {
  CHECK((ct::fp8_block_scale::encode(0x1p-10f) == 0x20 && ct::fp8_block_scale::encode(-0.0f) == 0x20));
  CHECK((ct::fp8_block_scale::encode(0.125) == 0x20 && ct::fp8_block_scale::encode(448.0f) == 0x7e));
}
