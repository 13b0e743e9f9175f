// SPDX-License-Identifier: MIT
// Halftone benchmarks: kernels by name.
#include "../problem.hpp"

#include <halftone/core/error.hpp>

namespace halftone_benchmark {

problem make_problem(const request& r) {
  for (const auto table : {int8_kernels(), int4_kernels(), zero_point_kernels(), narrow_kernels(), format_kernels(), custom_kernels(),
                           quantizers(), references()}) {
    for (const kernel_entry& entry : table) {
      if (entry.name == r.kernel) {
        return entry.make(r);
      }
    }
  }
  halftone::expects(false, "no kernel is called ", r.kernel);
  return {};
}

}  // namespace halftone_benchmark
