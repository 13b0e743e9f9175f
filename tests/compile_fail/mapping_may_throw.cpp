// rule: mapping_for
// SPDX-License-Identifier: MIT
#include <halftone/scheme/presets.hpp>

struct mapping {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  static std::string name() { return "mapping"; }
#ifndef HALFTONE_COMPILE_FAIL_CONTROL
  static halftone::group_parameters choose(halftone::range, const halftone::int4&) { return {}; }
#else
  static halftone::group_parameters choose(halftone::range, const halftone::int4&) noexcept { return {}; }
#endif
};

halftone::scheme<halftone::int4, mapping, halftone::per_tensor> w{};
