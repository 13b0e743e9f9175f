// SPDX-License-Identifier: MIT
#include "golden/cells.hpp"

using namespace halftone;

TEST_CASE("2, 3, 5, 6 and 7-bit weights give the golden hashes") {
  golden::check_cells<int2_g32>("int2_g32");
  golden::check_cells<int3_g32>("int3_g32");
  golden::check_cells<scheme<uint5, asymmetric, per_group<20>, stored_as<bf16>>>("uint5_g20");
  golden::check_cells<int6_g32>("int6_g32");
  golden::check_cells<scheme<int7, symmetric, per_block<4, 24>>>("int7_block");
}
