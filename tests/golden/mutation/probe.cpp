// SPDX-License-Identifier: MIT
// The cells that mutations.py builds with a changed header; few, so that it is quick.
#include "golden/cells.hpp"

TEST_CASE("the cells of one scheme") { golden::check_cells<halftone::int4_g32>("int4_g32"); }
