// SPDX-License-Identifier: MIT
#include "golden/cells.hpp"

using namespace halftone;

namespace {
struct uneven_table {
  static constexpr std::array<float, 16> entries{-1.0f,   -0.75f,  -0.5f,  -0.375f, -0.25f, -0.1875f, -0.125f, 0.0f,
                                                 0.0625f, 0.15625f, 0.25f, 0.33f,    0.5f,  0.6875f,  0.8125f, 1.0f};
  static std::string name() { return "uneven_table"; }
};
}  // namespace

TEST_CASE("float weights, tables and parameters along n give the golden hashes") {
  golden::check_cells<float32>("float32");
  golden::check_cells<brain_float16>("brain_float16");
  golden::check_cells<scheme<codebook<uneven_table>, symmetric, per_group<64>>>("table16_g64");
  golden::check_cells<scheme<int4, symmetric, per_channel<1>>>("int4_columns");
}
