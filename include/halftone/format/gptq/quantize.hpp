// SPDX-License-Identifier: MIT
// Halftone: rounding to nearest as GPTQ's tools do it: codes by scales as floats, which are stored in 16 bits afterwards.
#pragma once

#include <halftone/format/gptq/schemes.hpp>
#include <halftone/format/gptq/words.hpp>
#include <halftone/quantize/quantize.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::gptq {

/// The codes and parameters of the package's Quantizer; scales are rounded to the scheme's storage when all is chosen.
/// `halftone::quantize` chooses codes against the rounded scales.
/// @throws halftone::error  what `quantize` throws
template <layer_scheme Scheme>
[[nodiscard]] quantized_matrix<Scheme> quantize(matrix_view<const float> w) {
  using plain = scheme<typename Scheme::element_type, typename Scheme::mapping_type, typename Scheme::granularity_type, by_division>;
  auto exact = halftone::quantize<plain>(w);
  quantized_matrix<Scheme> q(w.shape());
  std::copy(exact.codes().begin(), exact.codes().end(), q.codes().begin());
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    q.scale_plane().set(g, exact.scale_at(g));
    q.set_zero_point(g, exact.zero_point_at(g));
  }
  return q;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::gptq
