// SPDX-License-Identifier: MIT
// Halftone: the real numbers of one row of a quantized matrix.
#pragma once

#include <halftone/tensor/quantized_matrix.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// The real numbers of one row: what `value_at` gives, with each unit decoded once.
template <class Scheme>
inline void row_values(const quantized_matrix<Scheme>& q, std::size_t row, std::span<float> values) {
  using Element = typename Scheme::element_type;
  if constexpr (unit_element<Element>) {
    for (std::size_t k = 0; k < q.cols(); k += Element::dimension) {
      const std::size_t count = std::min<std::size_t>(Element::dimension, q.cols() - k);
      q.scheme().element.decode_unit(q.row_codes(row).subspan(k / Element::dimension * Element::unit_bytes(Element::dimension),
                                                              Element::unit_bytes(count)),
                                     values.subspan(k, count), unit_position{row, k});
    }
    for (std::size_t k = 0; k < q.cols(); ++k) {
      values[k] = real_of_level<Scheme::equation>(values[k], q.parameters_at(q.group_of(row, k)));
    }
  } else {
    for (std::size_t k = 0; k < q.cols(); ++k) {
      values[k] = q.value_at(row, k);
    }
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
