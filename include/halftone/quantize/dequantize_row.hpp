// SPDX-License-Identifier: MIT
// Halftone: the real numbers of one row of a quantized matrix.
#pragma once

#include <halftone/simd/code_stream.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// The program of `real_of_level` in lanes; parameters of one run.
template <class Arch, class Scheme>
class lane_decoder {
  using floats = float_columns<Arch>;

 public:
  HALFTONE_INLINE explicit lane_decoder(const group_parameters& p) noexcept
      : scale_(floats::broadcast(p.scale)), zero_(floats::broadcast(static_cast<float>(p.zero_point))),
        offset_(floats::broadcast(p.offset)) {}

  [[nodiscard]] HALFTONE_INLINE floats reals(const int_columns<Arch>& levels) const noexcept {
    const floats level = to_float(levels);
    if constexpr (Scheme::has_offset) {
      return fused(scale_, level, offset_);
    } else if constexpr (Scheme::has_zero_point) {
      return product(scale_, level - zero_);
    } else {
      return product(scale_, level);
    }
  }

 private:
  floats scale_, zero_, offset_;
};

/// Whether codes of this scheme are decoded sixteen at a time.
template <class Scheme>
inline constexpr bool decodes_in_lanes =
    uniform_element<typename Scheme::element_type> && Scheme::element_type::bits <= 8 && Scheme::has_scale && !Scheme::has_own_real;

/// Real numbers of the codes [k, k + count) of a canonical row, which share parameters: what `real_of_level` gives.
/// @param row_codes  codes in the row, all of which may be read
template <class Arch, class Scheme>
HALFTONE_INLINE void decode_run(const std::uint8_t* row, std::size_t row_codes, std::size_t k, std::size_t count,
                                const group_parameters& p, const Scheme& s, float* values) noexcept {
  using Element = typename Scheme::element_type;
  constexpr unsigned bits = Element::bits;
  const std::size_t end = k + count;
  if constexpr (decodes_in_lanes<Scheme>) {
    const lane_decoder<Arch, Scheme> decoder(p);
    const auto reals_at = [&](std::size_t from) HALFTONE_INLINE_LAMBDA {
      return decoder.reals(load_code_levels<Arch, bits, (Element::min < 0)>(row + from / 8 * bits));
    };
    // Codes start on a byte every eight.
    for (; k < end && k % 8 != 0; ++k) {
      *values++ = s.real(s.element.decode(read_code<bits>(row, k)), p);
    }
    for (; k + panel_columns <= end; k += panel_columns, values += panel_columns) {
      reals_at(k).store(values);
    }
    if (k < end && k + panel_columns <= row_codes) {
      reals_at(k).store(values, end - k);
      return;
    }
  }
  for (; k < end; ++k) {
    *values++ = s.real(s.element.decode(read_code<bits>(row, k)), p);
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
    const std::size_t length = std::max<std::size_t>(q.scheme().granularity.run_length(q.shape()), 1);
    for (std::size_t k = 0; k < q.cols(); k += length) {
      decode_run<default_arch>(q.row_codes(row).data(), q.cols(), k, std::min(length, q.cols() - k),
                               q.parameters_at(q.group_of(row, k)), q.scheme(), values.data() + k);
    }
  } else {
    for (std::size_t k = 0; k < q.cols(); ++k) {
      values[k] = q.value_at(row, k);
    }
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
