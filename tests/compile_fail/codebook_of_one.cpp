// rule: codebook: a table has 2 to 256 entries
// SPDX-License-Identifier: MIT
#include <halftone/element/codebook.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
struct table {
  static constexpr std::array<float, 1> entries{1.0f};
  static std::string name() { return "table"; }
};
#else
struct table {
  static constexpr std::array<float, 2> entries{0.0f, 1.0f};
  static std::string name() { return "table"; }
};
#endif

halftone::codebook<table> element{};
