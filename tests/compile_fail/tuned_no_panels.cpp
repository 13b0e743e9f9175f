// rule: row_panels, float_panels and float_row_panels are 1 to 8
// SPDX-License-Identifier: MIT
#include <halftone/gemm/blocking.hpp>

struct constants : halftone::shipped_constants<halftone::default_arch> {
#ifndef HALFTONE_COMPILE_FAIL_CONTROL
  static constexpr std::size_t row_panels = 0;
#else
  static constexpr std::size_t row_panels = 1;
#endif
};
static_assert(sizeof(halftone::checked_constants<halftone::default_arch, constants>) != 0);
