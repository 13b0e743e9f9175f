// SPDX-License-Identifier: MIT
// Question: how close does one row of activations come to the lower of the decode roof and the bandwidth, with weights in
// the cache, beyond it, and in matrices as small as those of a small language model?
#include "suite.hpp"

namespace halftone_benchmark {

void matrix_one_row(const effort& e) {
  const char* const kernels[] = {"int8_per_channel", "int4_g32", "int2_g64", "custom5_g24"};
  for (const char* kernel : kernels) {
    add_benchmark(e, "one_row", {.kernel = kernel, .m = 1, .n = 4096, .k = 4096});
  }
  add_benchmark(e, "one_row", {.kernel = "int8_per_channel", .m = 1, .n = 32768, .k = 4096});
  add_benchmark(e, "one_row", {.kernel = "int4_g32", .m = 1, .n = 32768, .k = 4096});
  add_benchmark(e, "one_row", {.kernel = "int2_g64", .m = 1, .n = 65536, .k = 4096});  // beyond the L3, too
  add_benchmark(e, "one_row", {.kernel = "int4_g32", .m = 1, .n = 576, .k = 576, .copies = 8});
  add_benchmark(e, "one_row", {.kernel = "int4_g32", .m = 1, .n = 1536, .k = 576, .copies = 8});
}

}  // namespace halftone_benchmark
