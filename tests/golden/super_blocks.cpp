// SPDX-License-Identifier: MIT
#include "gemm/super_block_schemes.hpp"
#include "golden/cells.hpp"

TEST_CASE("super-blocks give the golden hashes") {
  golden::check_cells<super_block_test::four_bits>("super_block_4");
  golden::check_cells<super_block_test::eight_bits>("super_block_8");
}
