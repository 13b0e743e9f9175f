// SPDX-License-Identifier: MIT
// Question: how close do quantize and dequantize come to a copy of the same traffic, in memory (64 MiB of floats) and in the
// cache (256 KiB)? GOPS are values here.
#include "suite.hpp"

namespace halftone_benchmark {

void quantize_dequantize(const effort& e) {
  for (const std::string what : {"quantize.", "dequantize."}) {
    for (const std::string scheme : {"int8_per_tensor", "int8_per_channel", "int8_g32", "int4_per_tensor",
                                     "int4_per_channel", "int4_g32"}) {
      for (const std::size_t side : {4096u, 256u}) {
        add_benchmark(e, "convert", {.kernel = what + scheme, .m = side, .k = side});
      }
    }
  }
  for (const std::size_t side : {4096u, 256u}) {
    add_benchmark(e, "convert", {.kernel = "quantize.int8_static", .m = side, .k = side});
  }
}

}  // namespace halftone_benchmark
