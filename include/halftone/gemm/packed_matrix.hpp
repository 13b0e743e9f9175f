// SPDX-License-Identifier: MIT
// Halftone: a matrix in kernel order. Made by `pack`; never a file format.
#pragma once

#include <halftone/gemm/line_source.hpp>
#include <halftone/gemm/packed_parameters.hpp>
#include <halftone/tensor/checks.hpp>
#include <halftone/tensor/weight_operand.hpp>

#include <bit>
#include <span>

namespace halftone::inline v0_1 {

/// How a scheme is packed.
enum class packing {
  codes,        ///< bit planes of codes, parameters beside them: elements of up to 8 bits with groups along k
  float_codes,  ///< 16- or 32-bit codes of a float element without parameters
  reals,        ///< float32 real weights: everything else (units, groups along n, permuted groups)
};

template <class Scheme>
[[nodiscard]] consteval packing packing_of() {
  using Element = typename Scheme::element_type;
  if constexpr (scalar_element<Element>) {
    if constexpr (Element::bits <= 8 && constant_along_k<typename Scheme::granularity_type> &&
                  Scheme::equation != equation::level_only && !Scheme::has_own_real) {
      return packing::codes;
    } else if constexpr ((std::is_same_v<Element, fp32> || std::is_same_v<Element, bf16>) &&
                         Scheme::equation == equation::level_only && !Scheme::has_own_real) {
      return packing::float_codes;
    }
  }
  return packing::reals;
}

/// Whether uniform codes are kept as signed bytes (8 bits) or as unsigned codes with the lowest level taken off.
template <class Element>
inline constexpr bool packs_signed_bytes = uniform_element<Element> && Element::bits == 8;

/// What is added to a level to give the packed code.
template <class Element>
[[nodiscard]] consteval std::int32_t packed_bias() {
  if constexpr (uniform_element<Element>) {
    if constexpr (packs_signed_bytes<Element>) {
      return Element::min < 0 ? 0 : -128;
    } else {
      return Element::min < 0 ? 1 << (Element::bits - 1) : 0;
    }
  } else {
    return 0;
  }
}

/// A matrix in kernel order: lines of codes in panels of 16 columns, with the parameters of each panel's groups: 2 or 4 bytes
/// a scale and offset, a byte a zero point (see packed_parameters.hpp). Models `weight_operand`. Cost: the packed codes and
/// parameters, and the stored parameters.
template <class Scheme>
class packed_matrix {
 public:
  using scheme_type = Scheme;
  using element_type = typename Scheme::element_type;
  static constexpr packing kind = packing_of<Scheme>();
  static constexpr unsigned bits = element_type::bits;
  /// Entries of the value table of a table element, padded for look-up.
  static constexpr std::size_t table_size = std::size_t{1} << std::max(4u, bits <= 8 ? bits : 4u);

  packed_matrix() = default;

  /// What `pack` and `unpack` do.
  [[nodiscard]] static packed_matrix from(quantized_matrix<Scheme> q);
  [[nodiscard]] quantized_matrix<Scheme> to_quantized() const;

  [[nodiscard]] matrix_shape shape() const noexcept { return source_.shape(); }
  [[nodiscard]] packed_layout layout_id() const noexcept { return layout_; }
  [[nodiscard]] std::size_t panels() const noexcept { return panel_count(shape().rows); }
  [[nodiscard]] const panel_geometry& geometry() const noexcept { return geometry_; }

  [[nodiscard]] const std::uint8_t* panel_lines(std::size_t panel) const noexcept {
    return lines_.data() + panel * panel_stride_;
  }
  [[nodiscard]] const packed_scale<Scheme>* scales(std::size_t panel, std::size_t group) const noexcept {
    return scales_.data() + (panel * geometry_.groups + group) * panel_columns;
  }
  /// Zero points as packed codes: the level's zero point plus the packing's bias, signed where codes are signed bytes.
  [[nodiscard]] const std::uint8_t* zero_points(std::size_t panel, std::size_t group) const noexcept {
    return zero_points_.data() + (panel * geometry_.groups + group) * panel_columns;
  }
  [[nodiscard]] const packed_offset<Scheme>* offsets(std::size_t panel, std::size_t group) const noexcept {
    return offsets_.data() + (panel * geometry_.groups + group) * panel_columns;
  }
  /// Of a super-block: the integer scales of a group, and the floats above them.
  [[nodiscard]] const super_block_planes& super_blocks() const noexcept { return super_blocks_; }
  /// Sums over a group: of packed codes, or of the levels of a table.
  [[nodiscard]] const std::int32_t* code_sums(std::size_t panel, std::size_t group) const noexcept {
    return code_sums_.data() + (panel * geometry_.groups + group) * panel_columns;
  }

  /// The packed memory, to write it down or to copy it; valid as long as this matrix.
  [[nodiscard]] packed_planes<Scheme> planes() const noexcept
    requires(kind == packing::codes && uniform_element<element_type> && super_block_groups<Scheme> == 0)
  {
    return {.lines = lines_.span(), .scales = scales_.span(), .zero_points = zero_points_.span(),
            .offsets = offsets_.span(), .code_sums = code_sums_.span()};
  }
  /// Bytes of a panel's lines, and parameters of one kind; saturated.
  [[nodiscard]] static constexpr std::size_t line_bytes(const panel_geometry& g) noexcept {
    using layout = plane_layout<bits>;
    return saturated_product(ceil_div(g.quads, layout::unit_quads), layout::unit_bytes);
  }
  [[nodiscard]] static constexpr std::size_t parameter_count(std::size_t panels, const panel_geometry& g) noexcept {
    return saturated_product(saturated_product(panels, g.groups), panel_columns);
  }

  /// Bytes in memory: codes, parameters, and what `unpack` needs.
  [[nodiscard]] std::size_t byte_count() const {
    return lines_.size() + parameter_bytes() + zero_points_.size() + 4 * code_sums_.size() + super_blocks_.byte_count() +
           source_.byte_count();
  }
  /// Bytes of codes, scales, zero points and offsets: what a multiplication with one row reads. Where the
  /// prepared code of real zero is not 0 (see `prepare`), the code sums besides: 4 bytes a group and column.
  [[nodiscard]] std::size_t streamed_bytes() const noexcept {
    return lines_.size() + zero_points_.size() +
           (super_block_groups<Scheme> != 0 ? super_blocks_.byte_count() : parameter_bytes());
  }

  /// The packed code of a canonical one, and back. Both only flip the sign bit, or nothing.
  [[nodiscard]] HALFTONE_INLINE static std::uint8_t packed_code(std::uint8_t code) noexcept {
    return static_cast<std::uint8_t>(code ^ sign_flip);
  }
  [[nodiscard]] HALFTONE_INLINE static std::uint32_t canonical_code(std::uint8_t code) noexcept {
    return static_cast<std::uint32_t>(code) ^ sign_flip;
  }

  /// The real weights of a panel from k on, where they are kept as floats: no decoding needed.
  [[nodiscard]] HALFTONE_INLINE const float* float_lines(std::size_t panel, std::size_t k) const noexcept
    requires(kind == packing::reals || (kind == packing::float_codes && bits == 32 &&
                                        std::endian::native == std::endian::little))
  {
    return reinterpret_cast<const float*>(panel_lines(panel)) + k * panel_columns;
  }

  /// Real weights of a panel (see weight_operand.hpp). Cost: one decode of each code.
  HALFTONE_INLINE void decode_strip(std::size_t panel, std::size_t k_begin, std::size_t k_end, float* out) const noexcept;

 private:
  static constexpr bool has_code_sums = has_integer_path<Scheme>;
  static constexpr std::uint32_t sign_flip = packed_bias<element_type>() == 0 ? 0u : 1u << (bits <= 8 ? bits - 1 : 0);

  [[nodiscard]] std::size_t parameter_bytes() const noexcept {
    return scales_.size() * sizeof(packed_scale<Scheme>) + offsets_.size() * sizeof(packed_offset<Scheme>);
  }
  void pack_codes_of(const quantized_matrix<Scheme>& q);
  void pack_parameters_of(const quantized_matrix<Scheme>& q);
  void pack_super_blocks_of(const quantized_matrix<Scheme>& q);
  void pack_reals_of(const quantized_matrix<Scheme>& q);

  packed_layout layout_ = packed_layout::none;
  panel_geometry geometry_{};
  std::size_t panel_stride_ = 0;          // bytes
  aligned_buffer<std::uint8_t> lines_;
  aligned_buffer<packed_scale<Scheme>> scales_;  // [panel][group][16]
  aligned_buffer<std::uint8_t> zero_points_;
  aligned_buffer<packed_offset<Scheme>> offsets_;
  aligned_buffer<std::int32_t> code_sums_;
  super_block_planes super_blocks_;       // empty for other schemes
  alignas(64) std::array<float, table_size> table_{};
  quantized_matrix<Scheme> source_;       // without codes where the lines hold them
};

}  // namespace halftone::inline v0_1
