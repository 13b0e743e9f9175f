// SPDX-License-Identifier: MIT
// Constants of kernels that nobody would choose, as HALFTONE_TUNED_HEADER of tests: for every instruction set.
#pragma once

#include <cstddef>

#define HALFTONE_TUNED_NAME odd

namespace halftone_tuned {

template <class Shipped>
struct odd : Shipped {
  static constexpr std::size_t integer_rows = 3;
  static constexpr std::size_t unpacked_rows = 2;
  static constexpr std::size_t integer_panels = 1;
  static constexpr std::size_t row_panels = 3;
  static constexpr std::size_t float_rows = 3;
  static constexpr std::size_t float_panels = 3;
  static constexpr std::size_t float_row_panels = 2;
  static constexpr std::size_t block_rows = 10;
  static constexpr std::size_t block_quads = 8;
  static constexpr std::size_t float_depth = 7;
  static constexpr std::size_t cached_bytes = 12000;
};

}  // namespace halftone_tuned
