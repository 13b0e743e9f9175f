// SPDX-License-Identifier: MIT
// Halftone benchmarks: symmetric weights of 4 bits.
#include "multiplication.hpp"

namespace halftone_benchmark {

std::span<const kernel_entry> int4_kernels() {
  using halftone::int4_g32;
  static constexpr kernel_entry table[] = {
      {"int4_g32", multiplication<int4_g32>},
      {"int4_g32.floats", multiplication<int4_g32, input::floats>},
      {"int4_g32.epilogue", multiplication<int4_g32, input::dynamic, true>},
      {"int4_g128", multiplication<halftone::int4_g128>},
  };
  return table;
}

}  // namespace halftone_benchmark
