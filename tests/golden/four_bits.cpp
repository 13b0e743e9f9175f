// SPDX-License-Identifier: MIT
#include "golden/cells.hpp"

using namespace halftone;

TEST_CASE("4-bit weights give the golden hashes") {
  golden::check_cells<int4_g32>("int4_g32");
  golden::check_cells<int4_g128>("int4_g128");
  golden::check_cells<uint4_g32>("uint4_g32");
  golden::check_cells<offset4_g32>("offset4_g32");
}
