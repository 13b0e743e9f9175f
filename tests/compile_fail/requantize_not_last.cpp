// rule: storable_after
// SPDX-License-Identifier: MIT
#include <halftone/halftone.hpp>

void multiply(halftone::matrix_view<const float> x, const halftone::packed_matrix<halftone::int4_g32>& w,
              halftone::matrix_view<std::int8_t> y, halftone::matrix_view<float> z) {
#ifndef HALFTONE_COMPILE_FAIL_CONTROL
  halftone::gemm(x, w, y, halftone::epilogue{halftone::requantize<std::int8_t>{}, halftone::relu{}});
#else
  halftone::gemm(x, w, y, halftone::epilogue{halftone::relu{}, halftone::requantize<std::int8_t>{}});
#endif
  static_cast<void>(x);
  static_cast<void>(w);
  static_cast<void>(y);
  static_cast<void>(z);
}
