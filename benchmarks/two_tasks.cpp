// SPDX-License-Identifier: MIT
// Question: how much faster are two threads than one? The time that passes counts; on a busy machine that is a lower bound.
#include "suite.hpp"

namespace halftone_benchmark {

void two_tasks(const effort& e) {
  for (const char* kernel : {"int8_per_channel", "int4_g32"}) {
    for (const std::size_t m : {128u, 16u, 1u}) {
      const request one{.kernel = kernel, .m = m, .n = 4096, .k = 4096};
      request two = one;
      two.threads = 2;
      add_benchmark(e, "two_tasks", two, &one);
    }
  }
}

}  // namespace halftone_benchmark
