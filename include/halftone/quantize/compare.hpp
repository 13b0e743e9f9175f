// SPDX-License-Identifier: MIT
// Halftone: error report of a quantized matrix.
#pragma once
#include <halftone/reference/error_report.hpp>
namespace halftone::inline v0_1::inline HALFTONE_ISA {
/// The error of q against the weights it came from. See reference/error_report.hpp.
template <class Scheme>
[[nodiscard]] error_report compare(matrix_view<const float> w, const quantized_matrix<Scheme>& q) {
  return reference::compare(w, q);
}
}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
