// SPDX-License-Identifier: MIT
// Halftone: the real numbers of one row of a quantized matrix.
#pragma once

#include <halftone/quantize/lane_decoder.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Real numbers of the codes [k, k + count) of a canonical row, which share parameters: what `real_of_level` gives.
/// @param row_codes  codes in the row, all of which may be read
template <class Arch, class Scheme, class Levels>
HALFTONE_INLINE void decode_run(const std::uint8_t* row, std::size_t row_codes, std::size_t k, std::size_t count,
                                const group_parameters& p, const Scheme& s, const Levels& levels, float* values) noexcept {
  constexpr unsigned bits = Scheme::element_type::bits;
  const std::size_t end = k + count;
  if constexpr (decodes_in_lanes<Scheme>) {
    const lane_decoder<Arch, Scheme> decoder(p);
    const auto reals_at = [&](std::size_t from) HALFTONE_INLINE_LAMBDA {
      return decoder.reals(levels.at(row + from / 8 * bits));
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

template <class Scheme>
inline void decode_codes(const quantized_matrix<Scheme>& q, std::size_t row, std::size_t first, std::size_t count, float* values);

/// Parameters [first, first + values.size()) of a row of their plane.
template <class Stored>
inline void decode_parameters(const parameter_plane<stored_as<Stored>>& plane, std::size_t row, std::size_t first,
                              std::span<float> values) {
  plane.get_all(row * plane.shape().cols + first, values);
}
template <class Nested>
inline void decode_parameters(const parameter_plane<quantized_again<Nested>>& plane, std::size_t row, std::size_t first,
                              std::span<float> values) {
  const quantized_matrix<Nested>& q = plane.matrix();
  if constexpr (scalar_element<typename Nested::element_type> && constant_along_k<typename Nested::granularity_type>) {
    decode_codes(q, row, first, values.size(), values.data());
  } else {
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = q.value_at(row, first + i);
    }
  }
}

/// The levels of an element, or nothing where codes are decoded one by one.
template <class Scheme>
[[nodiscard]] HALFTONE_INLINE auto levels_of(const Scheme& s) noexcept {
  if constexpr (decodes_in_lanes<Scheme>) {
    return lane_levels<default_arch, typename Scheme::element_type>(s.element);
  } else {
    return 0;
  }
}

/// Real numbers of the codes [first, first + count) of a row whose parameters change at runs along k.
template <class Scheme>
inline void decode_codes(const quantized_matrix<Scheme>& q, std::size_t row, std::size_t first, std::size_t count, float* values) {
  const std::size_t length = std::max<std::size_t>(q.scheme().granularity.run_length(q.shape()), 1);
  const std::size_t end = first + count;
  const auto levels = levels_of(q.scheme());
  const auto decode = [&](std::size_t k, const group_parameters& p) HALFTONE_INLINE_LAMBDA {
    const std::size_t last = std::min((k / length + 1) * length, end);
    decode_run<default_arch>(q.row_codes(row).data(), q.cols(), k, last - k, p, q.scheme(), levels, values + (k - first));
    return last;
  };
  if constexpr (one_run_a_group<typename Scheme::granularity_type> && Scheme::has_scale && !Scheme::has_zero_point) {
    constexpr std::size_t most = 64;
    float scales[most];
    float offsets[Scheme::has_offset ? most : 1] = {};
    for (std::size_t k = first; k < end;) {
      const std::size_t group = k / length;
      const std::size_t groups = std::min(most, ceil_div(end, length) - group);
      decode_parameters(q.scale_plane(), row, group, {scales, groups});
      if constexpr (Scheme::has_offset) {
        decode_parameters(q.offset_plane(), row, group, {offsets, groups});
      }
      for (std::size_t i = 0; i < groups; ++i) {
        k = decode(k, {.scale = scales[i], .offset = offsets[Scheme::has_offset ? i : 0]});
      }
    }
  } else {
    for (std::size_t k = first; k < end;) {
      k = decode(k, q.parameters_at(q.group_of(row, k)));
    }
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
    decode_codes(q, row, 0, q.cols(), values.data());
  } else {
    for (std::size_t k = 0; k < q.cols(); ++k) {
      values[k] = q.value_at(row, k);
    }
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
