// rule: block_rows is 1 to 65536
// SPDX-License-Identifier: MIT
#include <halftone/gemm/blocking.hpp>

struct constants : halftone::shipped_constants<halftone::default_arch> {
#ifndef HALFTONE_COMPILE_FAIL_CONTROL
  static constexpr std::size_t block_rows = 0;
#else
  static constexpr std::size_t block_rows = 1;
#endif
};
static_assert(sizeof(halftone::checked_constants<halftone::default_arch, constants>) != 0);
