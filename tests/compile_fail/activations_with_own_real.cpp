// rule: has_own_real
// SPDX-License-Identifier: MIT
#include <halftone/scheme/presets.hpp>
#include <halftone/tensor/activations.hpp>

struct mapping : halftone::symmetric {
  static std::string name() { return "mapping"; }
#ifndef HALFTONE_COMPILE_FAIL_CONTROL
  static float real(float level, const halftone::group_parameters& p) noexcept { return halftone::product(level, p.scale); }
#endif
};

halftone::quantized_activations<halftone::scheme<halftone::int8, mapping, halftone::per_token>> quantized;
