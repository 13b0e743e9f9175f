// SPDX-License-Identifier: MIT
#include "golden/cells.hpp"

using namespace halftone;

TEST_CASE("8-bit weights give the golden hashes") {
  golden::check_cells<int8_per_channel>("int8_per_channel");
  golden::check_cells<int8_per_tensor>("int8_per_tensor");
  golden::check_cells<uint8_per_channel>("uint8_per_channel");
}
