// rule: codebook: entries must ascend
// SPDX-License-Identifier: MIT
#include <halftone/element/codebook.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
struct table {
  static constexpr std::array<float, 3> entries{0.0f, 1.0f, 1.0f};
  static std::string name() { return "table"; }
};
#else
struct table {
  static constexpr std::array<float, 3> entries{0.0f, 1.0f, 2.0f};
  static std::string name() { return "table"; }
};
#endif

halftone::codebook<table> element{};
