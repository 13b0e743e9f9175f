// rule: measured for another instruction set
// SPDX-License-Identifier: MIT
#include <halftone/gemm/blocking.hpp>

struct constants : halftone::shipped_constants<halftone::default_arch> {
#ifndef HALFTONE_COMPILE_FAIL_CONTROL
  static constexpr std::string_view isa = "vax";
#else
  static constexpr std::string_view isa = halftone::default_arch::name;
#endif
};
static_assert(sizeof(halftone::checked_constants<halftone::default_arch, constants>) != 0);
