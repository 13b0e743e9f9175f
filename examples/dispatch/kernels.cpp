// SPDX-License-Identifier: MIT
// Halftone example: this file is compiled once for each instruction set. It calls kernels and does nothing else: whatever
// runs once, such as quantizing, packing and reading files, belongs into the rest of the program.
#include "kernels.hpp"

namespace {

const halftone::epilogue finish{halftone::relu{}};

void multiply(kernels::view x, const weights& w, kernels::output y) { halftone::gemm(x, w, y, finish); }

void multiply_in_int8(kernels::view x, const weights& w, kernels::output y) {
  halftone::gemm(halftone::dynamic<halftone::int8_per_token>(x), w, y, finish);
}

}  // namespace

HALFTONE_DEFINE_KERNELS(kernels, .multiply = multiply, .multiply_in_int8 = multiply_in_int8)
