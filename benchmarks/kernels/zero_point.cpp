// SPDX-License-Identifier: MIT
// Halftone benchmarks: weights of 4 bits with a zero point or a float offset.
#include "multiplication.hpp"

namespace halftone_benchmark {

std::span<const kernel_entry> zero_point_kernels() {
  static constexpr kernel_entry table[] = {
      {"uint4_g32", multiplication<halftone::uint4_g32>},
      {"offset4_g32", multiplication<halftone::offset4_g32>},
  };
  return table;
}

}  // namespace halftone_benchmark
