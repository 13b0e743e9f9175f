// rule: weight_operand
// SPDX-License-Identifier: MIT
#include <halftone/halftone.hpp>

void multiply(halftone::matrix_view<const float> x, const halftone::quantized_matrix<halftone::int4_g32>& w,
              halftone::matrix_view<std::int8_t> y, halftone::matrix_view<float> z) {
#ifndef HALFTONE_COMPILE_FAIL_CONTROL
  halftone::gemm(x, w, z);
#else
  halftone::gemm(x, halftone::pack(w), z);
#endif
  static_cast<void>(x);
  static_cast<void>(w);
  static_cast<void>(y);
  static_cast<void>(z);
}
