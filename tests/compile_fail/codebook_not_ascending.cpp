// rule: codebook: entries must ascend
// SPDX-License-Identifier: MIT
#include <halftone/element/codebook.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
struct table {
  static constexpr std::array<float, 4> entries{-1.0f, 0.5f, 0.0f, 1.0f};
  static std::string name() { return "table"; }
};
#else
struct table {
  static constexpr std::array<float, 4> entries{-1.0f, 0.0f, 0.5f, 1.0f};
  static std::string name() { return "table"; }
};
#endif

halftone::codebook<table> element{};
