// SPDX-License-Identifier: MIT
// Halftone: quantize_4bit: codes of a plain block first, nested maxima after them, and a last block that divides.
#pragma once

#include <halftone/format/bitsandbytes/blocks.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/scheme/given.hpp>

#include <optional>

namespace halftone::inline v0_1::inline HALFTONE_ISA::bitsandbytes {

namespace detail {
/// The same scheme with its maxima as floats.
template <class Scheme>
using plain_of = scheme<typename Scheme::element_type, symmetric, typename Scheme::granularity_type, by_floored_reciprocal>;

/// A last block of fewer weights than the others has a maximum of at least 1e-38, by which its weights are divided.
template <class Scheme>
void quantize_short_block(matrix_view<const float> w, quantized_matrix<Scheme>& q) {
  const std::size_t count = w.rows() * w.cols();
  const std::size_t first = count / block_size<Scheme> * block_size<Scheme>;
  if (first == count) {
    return;
  }
  const float scale = q.scale_plane().set(q.group_count() - 1, maximum(q.scale_at(q.group_count() - 1), 1e-38f));
  for (std::size_t i = first; i < count; ++i) {
    std::uint8_t& byte = q.row_codes(i / w.cols())[i % w.cols() / 2];
    byte = static_cast<std::uint8_t>(byte & (i % w.cols() % 2 == 0 ? 0xf0u : 0x0fu));
    write_code<4>(q.row_codes(i / w.cols()).data(), i % w.cols(), q.scheme().element.encode(w(i / w.cols(), i % w.cols()) / scale));
  }
}
}  // namespace detail

/// quantize_4bit of the default backend, which is that of CPUs. Codes are chosen against the maxima before these are quantized again.
/// @param offset  of nested maxima; their mean, summed in double, if there is none. The package sums in float.
/// @throws halftone::error  what `quantize` throws
template <block_scheme Scheme>
[[nodiscard]] quantized_matrix<Scheme> quantize(matrix_view<const float> w, std::optional<float> offset = std::nullopt) {
  auto plain = halftone::quantize<detail::plain_of<Scheme>>(w);
  detail::quantize_short_block(w, plain);
  if constexpr (std::is_same_v<detail::plain_of<Scheme>, Scheme>) {
    return plain;
  } else {
    quantized_matrix<Scheme> q(w.shape());
    std::copy(plain.codes().begin(), plain.codes().end(), q.codes().begin());
    std::vector<float> maxima(plain.group_count());
    plain.scale_plane().get_all(0, maxima);
    const matrix_view<const float> row(maxima.data(), plain.parameter_shape().rows, plain.parameter_shape().cols);
    const float center = offset ? *offset : centered_on_mean{}.prepared(row).center;
    // x - offset rounds once, here as where codes are chosen.
    auto& nested = q.scale_plane().matrix();
    std::vector<group_parameters> parameters(nested.group_count(), {.scale = 0.0f, .offset = center});
    for (std::size_t i = 0; i < maxima.size(); ++i) {
      float& scale = parameters[i / 256].scale;
      scale = maximum(scale, magnitude(maxima[i] - center));
    }
    quantize_into(row, nested, given_parameters{parameters});
    return q;
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::bitsandbytes
