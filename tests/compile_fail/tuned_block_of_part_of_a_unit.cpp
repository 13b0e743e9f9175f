// rule: block_quads is a multiple of 8
// SPDX-License-Identifier: MIT
#include <halftone/gemm/blocking.hpp>

struct constants : halftone::shipped_constants<halftone::default_arch> {
#ifndef HALFTONE_COMPILE_FAIL_CONTROL
  static constexpr std::size_t block_quads = 36;
#else
  static constexpr std::size_t block_quads = 40;
#endif
};
static_assert(sizeof(halftone::checked_constants<halftone::default_arch, constants>) != 0);
