// SPDX-License-Identifier: MIT
// Halftone: canonical order to kernel order and back.
#pragma once

#include <halftone/gemm/decode_strip.hpp>
#include <halftone/gemm/packed_codes.hpp>
#include <halftone/quantize/dequantize_row.hpp>

#include <vector>

namespace halftone::inline v0_1 {

template <class Scheme>
HALFTONE_INLINE void packed_matrix<Scheme>::pack_codes_of(const quantized_matrix<Scheme>& q) {
  layout_ = packed_layout::quad16;
  panel_stride_ = line_bytes(geometry_);
  lines_ = aligned_buffer<std::uint8_t>(saturated_product(panels(), panel_stride_));
  code_sums_ = aligned_buffer<std::int32_t>(has_code_sums ? parameter_count(panels(), geometry_) : 0);
  std::vector<std::uint8_t> codes(q.cols());
  for (std::size_t row = 0; row < q.rows(); ++row) {
    unpack_codes<bits>(q.row_codes(row).data(), q.cols(), codes.data());
    const std::size_t panel = row / panel_columns;
    const std::size_t column = row % panel_columns;
    for (std::size_t group = 0; group < geometry_.groups; ++group) {
      std::int32_t sum = 0;
      for (std::size_t k = geometry_.group_begin(group); k < geometry_.group_end(group); ++k) {
        const std::uint8_t code = packed_code(codes[k]);
        write_packed<bits>(lines_.data() + panel * panel_stride_, geometry_, column, k, code);
        if constexpr (integer_table_element<element_type>) {
          sum += integer_levels<element_type>::level_of(code);
        } else {
          sum += packs_signed_bytes<element_type> ? static_cast<std::int8_t>(code) : static_cast<std::int32_t>(code);
        }
      }
      if constexpr (has_code_sums) {
        code_sums_[(panel * geometry_.groups + group) * panel_columns + column] = sum;
      }
    }
  }
  if constexpr (table_element<element_type>) {
    for (std::uint32_t code = 0; code < (1u << bits); ++code) {
      table_[code] = q.scheme().element.decode(code);
    }
  }
}

template <class Scheme>
HALFTONE_INLINE void packed_matrix<Scheme>::pack_parameters_of(const quantized_matrix<Scheme>& q) {
  const std::size_t size = parameter_count(panels(), geometry_);
  scales_ = aligned_buffer<packed_scale<Scheme>>(size);
  zero_points_ = aligned_buffer<std::uint8_t>(Scheme::has_zero_point ? size : 0);
  offsets_ = aligned_buffer<packed_offset<Scheme>>(Scheme::has_offset ? size : 0);
  for (std::size_t row = 0; row < q.rows(); ++row) {
    for (std::size_t group = 0; group < geometry_.groups; ++group) {
      const group_parameters p = q.parameters_at(q.group_of(row, geometry_.group_begin(group)));
      const std::size_t at =
          (row / panel_columns * geometry_.groups + group) * panel_columns + row % panel_columns;
      scales_[at] = packed_parameter<typename Scheme::scale_storage>::of(p.scale);
      if constexpr (Scheme::has_zero_point) {
        zero_points_[at] = static_cast<std::uint8_t>(p.zero_point + packed_bias<element_type>());
      }
      if constexpr (Scheme::has_offset) {
        offsets_[at] = packed_parameter<typename Scheme::offset_storage>::of(p.offset);
      }
    }
  }
}

template <class Scheme>
HALFTONE_INLINE void packed_matrix<Scheme>::pack_super_blocks_of(const quantized_matrix<Scheme>& q) {
  constexpr std::size_t groups_of_block = super_block_groups<Scheme>;
  if constexpr (groups_of_block != 0) {
    super_blocks_.blocks = ceil_div(geometry_.groups, groups_of_block);
    const auto pack_plane = [&]<class Nested>(const parameter_plane<quantized_again<Nested>>& plane,
                                              aligned_buffer<std::uint8_t>& levels, aligned_buffer<float>& floats) {
      const quantized_matrix<Nested>& nested = plane.matrix();
      levels = aligned_buffer<std::uint8_t>(panels() * geometry_.groups * panel_columns);
      floats = aligned_buffer<float>(panels() * super_blocks_.blocks * panel_columns);
      for (std::size_t row = 0; row < q.rows(); ++row) {
        const std::size_t panel = row / panel_columns;
        const std::size_t column = row % panel_columns;
        for (std::size_t group = 0; group < geometry_.groups; ++group) {
          levels[(panel * geometry_.groups + group) * panel_columns + column] =
              static_cast<std::uint8_t>(Nested::element_type::level_of(nested.code_at(row, group)));
          floats[(panel * super_blocks_.blocks + group / groups_of_block) * panel_columns + column] =
              nested.scale_at(nested.group_of(row, group));
        }
      }
    };
    pack_plane(q.scale_plane(), super_blocks_.scales, super_blocks_.float_scales);
    if constexpr (Scheme::has_offset) {
      pack_plane(q.offset_plane(), super_blocks_.offsets, super_blocks_.float_offsets);
    }
  }
}

template <class Scheme>
HALFTONE_INLINE void packed_matrix<Scheme>::pack_reals_of(const quantized_matrix<Scheme>& q) {
  layout_ = packed_layout::float_lines;
  constexpr std::size_t width = kind == packing::float_codes ? bits / 8 : 4;
  panel_stride_ = saturated_product(q.cols(), panel_columns * width);
  lines_ = aligned_buffer<std::uint8_t>(saturated_product(panels(), panel_stride_));
  std::vector<float> values(q.cols());
  for (std::size_t row = 0; row < q.rows(); ++row) {
    if constexpr (kind == packing::reals) {
      row_values(q, row, values);
    }
    for (std::size_t k = 0; k < q.cols(); ++k) {
      std::uint8_t* line = lines_.data() + row / panel_columns * panel_stride_ + k * panel_columns * width;
      if constexpr (kind == packing::float_codes) {
        write_code<8 * width>(line, row % panel_columns, q.code_at(row, k));
      } else {
        std::memcpy(line + row % panel_columns * width, &values[k], width);
      }
    }
  }
}

template <class Scheme>
HALFTONE_INLINE packed_matrix<Scheme> packed_matrix<Scheme>::from(quantized_matrix<Scheme> q) {
  packed_matrix p;
  p.source_ = std::move(q);
  if constexpr (kind == packing::codes) {
    p.geometry_ = panel_geometry::of(p.source_.cols(), p.source_.scheme().granularity.run_length(p.source_.shape()));
    p.pack_codes_of(p.source_);
    p.pack_parameters_of(p.source_);
    p.pack_super_blocks_of(p.source_);
  } else {
    p.geometry_ = panel_geometry::of(p.source_.cols(), p.source_.cols());
    p.pack_reals_of(p.source_);
  }
  if constexpr (kind != packing::reals) {
    p.source_.drop_codes();
  }
  return p;
}

template <class Scheme>
HALFTONE_INLINE quantized_matrix<Scheme> packed_matrix<Scheme>::to_quantized() const {
  quantized_matrix<Scheme> q = source_;
  if constexpr (kind != packing::reals) {
    q.restore_codes();
  }
  for (std::size_t row = 0; row < q.rows() && kind != packing::reals; ++row) {
    for (std::size_t k = 0; k < q.cols(); ++k) {
      if constexpr (kind == packing::codes) {
        const std::uint8_t code =
            read_packed<bits>(panel_lines(row / panel_columns), geometry_, row % panel_columns, k);
        write_code<bits>(q.row_codes(row).data(), k, canonical_code(code));
      } else if constexpr (kind == packing::float_codes) {
        const std::uint8_t* line = panel_lines(row / panel_columns) + k * panel_columns * (bits / 8);
        write_code<bits>(q.row_codes(row).data(), k, read_code<bits>(line, row % panel_columns));
      }
    }
  }
  return q;
}

}  // namespace halftone::inline v0_1

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Arranges a quantized matrix for `gemm` and `gemv`. Once a model.
/// @return     a packed matrix; its bytes do not depend on the instruction set
/// @par Cost   one pass over the codes; allocates the packed planes
template <class Scheme>
[[nodiscard]] packed_matrix<Scheme> pack(quantized_matrix<Scheme> q) {
  return packed_matrix<Scheme>::from(std::move(q));
}

/// The matrix that was packed, bit for bit.
template <class Scheme>
[[nodiscard]] quantized_matrix<Scheme> unpack(const packed_matrix<Scheme>& p) {
  return p.to_quantized();
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
