// SPDX-License-Identifier: MIT
// Halftone example: what is compiled once for each instruction set: a struct of function pointers.
#pragma once

#include <halftone/halftone.hpp>

/// The weights of this example. Packed bytes are the same on every instruction set.
using weights = halftone::packed_matrix<halftone::int4_g32>;

/// What kernels.cpp does. Types in the arguments are those of the library or your own; none depends on the instruction set.
struct kernels {
  using view = halftone::matrix_view<const float>;
  using output = halftone::matrix_view<float>;
  void (*multiply)(view x, const weights& w, output y);            // y = relu(x W^T)
  void (*multiply_in_int8)(view x, const weights& w, output y);    // the same, x quantized to int8 first
};

HALFTONE_DECLARE_KERNELS(kernels);
