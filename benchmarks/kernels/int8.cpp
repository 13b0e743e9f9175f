// SPDX-License-Identifier: MIT
// Halftone benchmarks: weights of 8 bits.
#include "multiplication.hpp"

namespace halftone_benchmark {

std::span<const kernel_entry> int8_kernels() {
  using halftone::int8_per_channel;
  static constexpr kernel_entry table[] = {
      {"int8_per_channel", multiplication<int8_per_channel>},
      {"int8_per_channel.codes", multiplication<int8_per_channel, input::codes>},
      {"int8_per_channel.epilogue", multiplication<int8_per_channel, input::dynamic, true>},
  };
  return table;
}

}  // namespace halftone_benchmark
