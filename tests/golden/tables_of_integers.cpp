// SPDX-License-Identifier: MIT
#include "gemm/integer_tables.hpp"
#include "golden/cells.hpp"

TEST_CASE("tables of integers give the golden hashes") {
  golden::check_cells<integer_tables::halves_g32>("integer_halves_g32");
  golden::check_cells<integer_tables::bytes_g16>("integer_bytes_g16");
  golden::check_cells<integer_tables::six_bits_g16>("integer_six_bits_g16");
  golden::check_cells<halftone::mxfp6_e2m3>("mxfp6_e2m3");
}
