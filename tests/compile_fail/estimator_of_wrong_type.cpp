// rule: any_estimator_for
// SPDX-License-Identifier: MIT
#include <halftone/halftone.hpp>

struct estimator {
  template <class Scheme>
#ifndef HALFTONE_COMPILE_FAIL_CONTROL
  float fit(std::span<const float>, const Scheme&) const {
#else
  halftone::group_parameters fit(std::span<const float>, const Scheme&) const {
#endif
    return {};
  }
};

auto quantized(halftone::matrix_view<const float> w) {
  return halftone::quantize<halftone::int4_g32>(w, estimator{});
}
