// SPDX-License-Identifier: MIT
// Halftone tests: the mappings of super-blocks keep the laws on the ranges that they are for.
#include "mapping_laws.hpp"

#include <halftone/scheme/one_sided.hpp>

namespace {

struct whole {
  halftone::range operator()(halftone::range r) const { return r; }
};

/// Ranges of one sign; of others what lies on the side of the extreme.
struct one_side {
  halftone::range operator()(halftone::range r) const {
    return std::abs(r.min) > std::abs(r.max) ? halftone::range{r.min, std::min(r.max, 0.0f)}
                                             : halftone::range{std::max(r.min, 0.0f), r.max};
  }
};

}  // namespace

TEST_CASE("the mappings of super-blocks keep the laws") {
  laws::hold<halftone::one_sided, halftone::uint4>(one_side{});
  laws::hold<halftone::one_sided, halftone::uint6>(one_side{});
  laws::hold<halftone::scale_and_minimum, halftone::uint2>(whole{});
  laws::hold<halftone::scale_and_minimum, halftone::uint4>(whole{});
  laws::hold<halftone::scale_and_minimum, halftone::uint5>(whole{});
}

TEST_CASE("the scale of one side carries its sign, the larger end deciding") {
  using halftone::one_sided;
  using halftone::uint6;
  CHECK(one_sided::choose({0.0f, 6.3f}, uint6{}).scale == 6.3f / 63.0f);
  CHECK(one_sided::choose({-6.3f, 0.0f}, uint6{}).scale == -6.3f / 63.0f);
  CHECK(one_sided::choose({-1.0f, 1.0f}, uint6{}).scale == 1.0f / 63.0f);
  CHECK(!std::signbit(one_sided::choose({0.0f, -0.0f}, uint6{}).scale));
}

TEST_CASE("offsets are never positive") {
  using halftone::scale_and_minimum;
  using halftone::uint4;
  const halftone::group_parameters above = scale_and_minimum::choose({3.0f, 30.0f}, uint4{});
  CHECK(above.scale == 2.0f);
  CHECK(above.offset == 0.0f);
  const halftone::group_parameters below = scale_and_minimum::choose({-30.0f, -15.0f}, uint4{});
  CHECK(below.scale == 1.0f);
  CHECK(below.offset == -30.0f);
  CHECK(scale_and_minimum::choose({-5.0f, -5.0f}, uint4{}).scale == 0.0f);
}
