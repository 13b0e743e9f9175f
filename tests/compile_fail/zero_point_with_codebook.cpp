// rule: scheme: a zero point is a level of a uniform element
// SPDX-License-Identifier: MIT
#include <halftone/scheme/presets.hpp>

struct table {
  static constexpr std::array<float, 4> entries{-1.0f, 0.0f, 0.5f, 1.0f};
  static std::string name() { return "table"; }
};

struct mapping {
#ifndef HALFTONE_COMPILE_FAIL_CONTROL
  static constexpr halftone::equation equation = halftone::equation::scaled_zero_point;
#else
  static constexpr halftone::equation equation = halftone::equation::scaled;
#endif
  static std::string name() { return "mapping"; }
  static halftone::group_parameters choose(halftone::range, const halftone::codebook<table>&) noexcept { return {}; }
};

halftone::scheme<halftone::codebook<table>, mapping, halftone::per_tensor> w{};
