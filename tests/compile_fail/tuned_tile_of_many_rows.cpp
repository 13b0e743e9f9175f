// rule: integer_rows, unpacked_rows and float_rows are 1 to 16
// SPDX-License-Identifier: MIT
#include <halftone/gemm/blocking.hpp>

struct constants : halftone::shipped_constants<halftone::default_arch> {
#ifndef HALFTONE_COMPILE_FAIL_CONTROL
  static constexpr std::size_t unpacked_rows = 17;
#else
  static constexpr std::size_t unpacked_rows = 16;
#endif
};
static_assert(sizeof(halftone::checked_constants<halftone::default_arch, constants>) != 0);
