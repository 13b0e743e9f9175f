// SPDX-License-Identifier: MIT
// Question: what do scale, bias, silu and a residual cost in the epilogue? The ratio is the speed beside the bare kernel.
#include "suite.hpp"

namespace halftone_benchmark {

void epilogue_cost(const effort& e) {
  for (const std::string kernel : {"int8_per_channel", "int4_g32"}) {
    for (const std::size_t m : {128u, 1u}) {
      const request bare{.kernel = kernel, .m = m, .n = 4096, .k = 4096};
      request finished = bare;
      finished.kernel += ".epilogue";
      add_benchmark(e, "epilogue_cost", finished, &bare);
    }
  }
}

}  // namespace halftone_benchmark
