// SPDX-License-Identifier: MIT
// Question: how much faster are the kernels than the plain loops that specify them?
#include "suite.hpp"

namespace halftone_benchmark {

void against_reference(const effort& e) {
  for (const std::string kernel : {"int8_per_channel", "int4_g32"}) {
    const request fast{.kernel = kernel, .m = 33, .n = 64, .k = 1024};
    request plain = fast;
    plain.kernel += ".reference";
    add_benchmark(e, "against_reference", fast, &plain);
  }
}

}  // namespace halftone_benchmark
