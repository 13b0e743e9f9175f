// SPDX-License-Identifier: MIT
// Halftone: the real numbers of one row of a quantized matrix.
#pragma once

#include <halftone/simd/simd.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Real numbers of codes, one a byte, that share parameters: what `real_of_level` gives, sixteen at a time.
template <class Arch, class Scheme>
inline void decode_run(const std::uint8_t* codes, std::size_t count, const group_parameters& p, const Scheme& s,
                       float* values) noexcept {
  using Element = typename Scheme::element_type;
  std::size_t i = 0;
  if constexpr (uniform_element<Element> && Scheme::has_scale && !Scheme::has_own_real) {
    using floats = float_columns<Arch>;
    const floats scale = floats::broadcast(p.scale);
    const floats zero = floats::broadcast(static_cast<float>(p.zero_point));
    const floats offset = floats::broadcast(p.offset);
    // Sign extension of short codes without a shift: levels above the largest wrap by 2^bits.
    constexpr std::int32_t flip = Element::min < 0 && Element::bits < 8 ? 1 << (Element::bits - 1) : 0;
    alignas(64) std::uint8_t flipped[panel_columns];
    for (; i + panel_columns <= count; i += panel_columns) {
      const std::uint8_t* at = codes + i;
      if constexpr (flip != 0) {
        for (std::size_t j = 0; j < panel_columns; ++j) {
          flipped[j] = static_cast<std::uint8_t>(at[j] ^ flip);
        }
        at = flipped;
      }
      floats level = to_float(load_levels<Arch, (Element::min < 0 && Element::bits == 8)>(at) -
                              int_columns<Arch>::broadcast(flip));
      if constexpr (Scheme::has_offset) {
        level = fused(scale, level, offset);
      } else if constexpr (Scheme::has_zero_point) {
        level = product(scale, level - zero);
      } else {
        level = product(scale, level);
      }
      level.store(values + i);
    }
  }
  for (; i < count; ++i) {
    values[i] = s.real(s.element.decode(codes[i]), p);
  }
}

/// Decodes the units of a row, then applies each weight's parameters.
template <class Scheme>
inline void values_of_units(const quantized_matrix<Scheme>& q, std::size_t row, std::span<float> values) {
  using Element = typename Scheme::element_type;
  constexpr std::size_t dimension = Element::dimension;
  for (std::size_t k = 0; k < q.cols(); k += dimension) {
    const std::size_t count = std::min(dimension, q.cols() - k);
    q.scheme().element.decode_unit(
        q.row_codes(row).subspan(k / dimension * Element::unit_bytes(dimension), Element::unit_bytes(count)),
        values.subspan(k, count), unit_position{row, k});
  }
  for (std::size_t k = 0; k < q.cols(); ++k) {
    values[k] = q.scheme().real(values[k], q.parameters_at(q.group_of(row, k)));
  }
}

/// The real numbers of one row: what `value_at` gives.
/// @param values  room for q.cols() floats
template <class Scheme>
inline void row_values(const quantized_matrix<Scheme>& q, std::size_t row, std::span<float> values) {
  using Element = typename Scheme::element_type;
  if constexpr (unit_element<Element>) {
    values_of_units(q, row, values);
  } else if constexpr (Element::bits <= 8 && constant_along_k<typename Scheme::granularity_type>) {
    constexpr std::size_t block = 256;  // a multiple of eight codes: blocks start on a byte
    std::uint8_t codes[block];
    const std::size_t run = std::max<std::size_t>(q.scheme().granularity.run_length(q.shape()), 1);
    for (std::size_t begin = 0; begin < q.cols(); begin += block) {
      const std::size_t end = std::min(begin + block, q.cols());
      unpack_codes<Element::bits>(q.row_codes(row).data() + begin / 8 * Element::bits, end - begin, codes);
      for (std::size_t k = begin; k < end;) {
        const std::size_t stop = std::min(end, (k / run + 1) * run);
        decode_run<default_arch>(codes + (k - begin), stop - k, q.parameters_at(q.group_of(row, k)), q.scheme(),
                                values.data() + k);
        k = stop;
      }
    }
  } else {
    for (std::size_t k = 0; k < q.cols(); ++k) {
      values[k] = q.value_at(row, k);
    }
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
