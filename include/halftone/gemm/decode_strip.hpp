// SPDX-License-Identifier: MIT
// Halftone: packed codes to float lines, for multiplications in float.
#pragma once

#include <halftone/gemm/packed_matrix.hpp>
#include <halftone/simd/parameter_columns.hpp>

#include <bit>
#include <cstring>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Real weights of column lines from the levels of one quad: what `real_of_level` does, for sixteen columns.
template <class Arch, class Scheme>
struct level_decoder {
  using Element = typename Scheme::element_type;
  using floats = float_columns<Arch>;

  floats scale;
  floats shift;           // zero point or bias of the packed code, as float
  floats offset;
  const float* table;

  template <class Packed>
  [[nodiscard]] HALFTONE_INLINE static level_decoder of(const Packed& packed, const float* table, std::size_t panel,
                                                        std::size_t group) noexcept {
    level_decoder d{.scale = load_parameters<Arch>(packed.scales(panel, group)),
                    .shift = floats::broadcast(static_cast<float>(packed_bias<Element>())),
                    .offset = floats::zero(),
                    .table = table};
    if constexpr (Scheme::has_zero_point) {
      d.shift = to_float(load_levels<Arch, packs_signed_bytes<Element>>(packed.zero_points(panel, group)));
    }
    if constexpr (Scheme::has_offset) {
      d.offset = load_parameters<Arch>(packed.offsets(panel, group));
    }
    return d;
  }

  template <int K, std::size_t TableSize>
  [[nodiscard]] HALFTONE_INLINE floats real(const byte_line<Arch>& line) const noexcept {
    const auto code = line.template levels<K, packs_signed_bytes<Element>>();
    floats level;
    if constexpr (table_element<Element>) {
      level = look_up<TableSize>(table, code);
    } else {
      level = to_float(code) - shift;
    }
    if constexpr (Scheme::has_offset) {
      return fused(scale, level, offset);
    } else {
      return product(scale, level);
    }
  }
};

/// Decodes [k_begin, k_end) of a panel of codes, group by group.
template <class Arch, class Packed>
inline void decode_code_strip(const Packed& packed, const float* table, std::size_t panel, std::size_t k_begin,
                              std::size_t k_end, float* out) noexcept {
  using Scheme = typename Packed::scheme_type;
  constexpr std::size_t block = 32;  // quads decoded at a time
  alignas(64) std::uint8_t lines[64 * (block + 16)];
  const panel_geometry& geometry = packed.geometry();
  for (std::size_t group = k_begin / geometry.run; group * geometry.run < k_end; ++group) {
    const auto decoder = level_decoder<Arch, Scheme>::of(packed, table, panel, group);
    const std::size_t first = std::max(geometry.group_begin(group), k_begin);
    const std::size_t last = std::min(geometry.group_end(group), k_end);
    const std::size_t group_first = geometry.group_begin(group);
    const std::size_t quad_last = geometry.quad_begin(group) + ceil_div(last - group_first, 4);
    for (std::size_t quad = geometry.quad_begin(group) + (first - group_first) / 4; quad < quad_last; quad += block) {
      const std::size_t end = std::min(quad + block, quad_last);
      const std::uint8_t* line = decode_lines<packed_lines<Arch, Packed::bits>>(packed.panel_lines(panel), quad, end, lines);
      for (std::size_t q = quad; q < end; ++q, line += 64) {
        const std::size_t k = group_first + 4 * (q - geometry.quad_begin(group));
        const auto bytes = byte_line<Arch>::load(line);
        const auto put = [&]<int K>(std::integral_constant<int, K>) {
          if (k + K >= first && k + K < last) {
            decoder.template real<K, Packed::table_size>(bytes).store(out + (k + K - k_begin) * panel_columns);
          }
        };
        put(std::integral_constant<int, 0>{});
        put(std::integral_constant<int, 1>{});
        put(std::integral_constant<int, 2>{});
        put(std::integral_constant<int, 3>{});
      }
    }
  }
}

/// Decodes lines of float codes.
template <class Arch, class Packed>
inline void decode_float_strip(const Packed& packed, std::size_t panel, std::size_t k_begin, std::size_t k_end,
                               float* out) noexcept {
  if constexpr (Packed::kind == packing::float_codes && Packed::bits == 16) {
    const std::uint8_t* line = packed.panel_lines(panel) + k_begin * panel_columns * 2;
    for (std::size_t k = k_begin; k < k_end; ++k, line += 2 * panel_columns, out += panel_columns) {
      widen_bf16<Arch>(line).store(out);
    }
  } else if constexpr (Packed::kind == packing::float_codes && std::endian::native != std::endian::little) {
    const std::uint8_t* codes = packed.panel_lines(panel);  // little-endian like all codes
    for (std::size_t i = k_begin * panel_columns; i < k_end * panel_columns; ++i) {
      *out++ = std::bit_cast<float>(read_code<32>(codes, i));
    }
  } else {
    std::memcpy(out, packed.panel_lines(panel) + k_begin * panel_columns * 4, (k_end - k_begin) * panel_columns * 4);
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA

namespace halftone::inline v0_1 {

template <class Scheme>
HALFTONE_INLINE void packed_matrix<Scheme>::decode_strip(std::size_t panel, std::size_t k_begin, std::size_t k_end,
                                         float* out) const noexcept {
  if constexpr (kind == packing::codes) {
    decode_code_strip<default_arch>(*this, table_.data(), panel, k_begin, k_end, out);
  } else {
    decode_float_strip<default_arch>(*this, panel, k_begin, k_end, out);
  }
}

}  // namespace halftone::inline v0_1
