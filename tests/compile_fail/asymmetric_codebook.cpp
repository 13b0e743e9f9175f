// rule: mapping_for
// SPDX-License-Identifier: MIT
#include <halftone/scheme/presets.hpp>

struct table {
  static constexpr std::array<float, 4> entries{-1.0f, 0.0f, 0.5f, 1.0f};
  static std::string name() { return "table"; }
};

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
halftone::scheme<halftone::codebook<table>, halftone::asymmetric, halftone::per_tensor> w{};
#else
halftone::scheme<halftone::codebook<table>, halftone::symmetric, halftone::per_tensor> w{};
#endif
