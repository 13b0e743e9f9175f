// SPDX-License-Identifier: MIT
// Question: how close do multiplications with several rows of activations come to the dot roof of their code width?
#include "suite.hpp"

namespace halftone_benchmark {

void matrix_many_rows(const effort& e) {
  const char* const kernels[] = {"int8_per_channel", "int4_g32", "int4_g128", "int2_g64", "int3_g64",
                                 "uint4_g32", "offset4_g32", "custom5_g24", "int4_g32.floats"};
  for (const char* kernel : kernels) {
    for (const std::size_t m : {128u, 16u, 4u}) {
      add_benchmark(e, "many_rows", {.kernel = kernel, .m = m, .n = 4096, .k = 4096});
    }
    add_benchmark(e, "many_rows", {.kernel = kernel, .m = 1024, .n = 1024, .k = 1024});
    add_benchmark(e, "many_rows", {.kernel = kernel, .m = 384, .n = 384, .k = 1536});
  }
  add_benchmark(e, "many_rows", {.kernel = "int8_per_channel.codes", .m = 128, .n = 4096, .k = 4096});
}

}  // namespace halftone_benchmark
