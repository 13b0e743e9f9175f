// rule: deleted function
// SPDX-License-Identifier: MIT
// A composite's corrections are real numbers; integer results would drop them.
#include <halftone/gemm/composite.hpp>
#include <halftone/gemm/gemm_integers.hpp>
#include <halftone/scheme/presets.hpp>

struct correction {
  void add_correction(const halftone::activation_rows&, std::size_t, std::size_t, std::span<float>) const {}
};

void multiply(const halftone::activation_view& x, halftone::packed_matrix<halftone::int8_per_channel> w,
              halftone::matrix_view<std::int32_t> y) {
#ifndef HALFTONE_COMPILE_FAIL_CONTROL
  halftone::gemm_integers(x, halftone::composite(std::move(w), correction{}), y);
#else
  halftone::gemm_integers(x, w, y);
#endif
}
