// SPDX-License-Identifier: MIT
#include <halftone/gemm/panel_layout.hpp>

#include <doctest/doctest.h>

using namespace halftone;

TEST_CASE("groups start on a quad and units run on across groups") {
  const auto g = panel_geometry::of(100, 30);
  CHECK(g.groups == 4);
  CHECK(g.group_quads == 8);
  CHECK(g.quads == 3 * 8 + 3);
  CHECK(g.group_begin(3) == 90);
  CHECK(g.group_end(3) == 100);
  CHECK(g.quad_end(3) == 27);
  CHECK(panel_geometry::of(0, 32).quads == 0);
  CHECK(plane_layout<5>::unit_bytes == 64 * 5);
  CHECK(plane_layout<3>::unit_bytes == 64 * 3);
  CHECK(plane_layout<6>::unit_bytes == 64 * 3);
}

TEST_CASE("every k lies in exactly one quad of its group") {
  for (std::size_t k = 1; k <= 70; ++k) {
    for (std::size_t run = 1; run <= k + 1; ++run) {
      const auto g = panel_geometry::of(k, run);
      std::size_t covered = 0;
      for (std::size_t group = 0; group < g.groups; ++group) {
        const std::size_t length = g.group_end(group) - g.group_begin(group);
        covered += length;
        CHECK(g.quad_end(group) - g.quad_begin(group) == (length + 3) / 4);
      }
      CHECK(covered == k);
      CHECK(g.quad_end(g.groups - 1) == g.quads);
    }
  }
}

TEST_CASE("a unit of any width holds whole lines and as many bits as its codes") {
  CHECK(plane_layout<1>::unit_bytes * 8 == plane_layout<1>::unit_quads * 64 * 1);
  CHECK(plane_layout<2>::unit_bytes * 8 == plane_layout<2>::unit_quads * 64 * 2);
  CHECK(plane_layout<3>::unit_bytes * 8 == plane_layout<3>::unit_quads * 64 * 3);
  CHECK(plane_layout<4>::unit_bytes * 8 == plane_layout<4>::unit_quads * 64 * 4);
  CHECK(plane_layout<5>::unit_bytes * 8 == plane_layout<5>::unit_quads * 64 * 5);
  CHECK(plane_layout<6>::unit_bytes * 8 == plane_layout<6>::unit_quads * 64 * 6);
  CHECK(plane_layout<7>::unit_bytes == 64);
  CHECK(plane_layout<8>::unit_bytes == 64);
}
