// SPDX-License-Identifier: MIT
// Halftone: a packed matrix in memory that belongs to someone else: constants of the program, flash, a static buffer.
#pragma once

#include <halftone/gemm/decode_strip.hpp>

#include <cstdint>
#include <type_traits>

namespace halftone::inline v0_1 {

/// Weights of integer codes in kernel order that are not owned: the same operand as the `packed_matrix` whose `planes()`
/// these are, with the same bits. Models `weight_operand`; needs no heap, and is a constant where its arguments are.
///
///   alignas(64) constexpr std::uint8_t lines[] = {...};                        // written by a generator
///   constexpr halftone::packed_view<int4_g32> w({n, k}, {.lines = lines, .scales = scales, .code_sums = sums});
///
/// Bytes do not depend on the instruction set, numbers are those of the machine: arrays in source text fit all machines.
template <class Scheme>
  requires(packing_of<Scheme>() == packing::codes && uniform_element<typename Scheme::element_type> &&
           super_block_groups<Scheme> == 0)
class packed_view {
 public:
  using scheme_type = Scheme;
  using element_type = typename Scheme::element_type;
  static constexpr packing kind = packing::codes;
  static constexpr unsigned bits = element_type::bits;
  static constexpr std::size_t table_size = packed_matrix<Scheme>::table_size;

  constexpr packed_view() = default;

  /// @param shape        [n, k] of the matrix that was packed
  /// @param planes       must outlive the view; lines start on a multiple of 64 bytes
  /// @param granularity  that of the matrix, where it has data of its own
  /// @throws halftone::error (in a constant: does not compile) if a plane has another size than the shape asks for
  constexpr packed_view(matrix_shape shape, const packed_planes<Scheme>& planes,
                        const typename Scheme::granularity_type& granularity = {})
      : shape_(shape), geometry_(panel_geometry::of(shape.cols, granularity.run_length(shape))), planes_(planes),
        layout_(packed_layout::quad16) {
    const std::size_t parameters = packed_matrix<Scheme>::parameter_count(panels(), geometry_);
    expects_size("lines", planes.lines.size(), saturated_product(panels(), line_bytes()));
    expects_size("scales", planes.scales.size(), parameters);
    expects_size("zero_points", planes.zero_points.size(), Scheme::has_zero_point ? parameters : 0);
    expects_size("offsets", planes.offsets.size(), Scheme::has_offset ? parameters : 0);
    expects_size("code_sums", planes.code_sums.size(), parameters);
  }

  [[nodiscard]] constexpr matrix_shape shape() const noexcept { return shape_; }
  [[nodiscard]] constexpr packed_layout layout_id() const noexcept {
    return layout_;
  }
  [[nodiscard]] constexpr std::size_t panels() const noexcept { return panel_count(shape_.rows); }
  [[nodiscard]] constexpr const panel_geometry& geometry() const noexcept { return geometry_; }
  /// Whether the lines start where kernels can read them: `gemm` asks, because constants cannot.
  [[nodiscard]] bool is_aligned() const noexcept {
    return reinterpret_cast<std::uintptr_t>(planes_.lines.data()) % 64 == 0;
  }

  [[nodiscard]] const std::uint8_t* panel_lines(std::size_t panel) const noexcept {
    return planes_.lines.data() + panel * line_bytes();
  }
  [[nodiscard]] const packed_scale<Scheme>* scales(std::size_t panel, std::size_t group) const noexcept {
    return planes_.scales.data() + at(panel, group);
  }
  [[nodiscard]] const std::uint8_t* zero_points(std::size_t panel, std::size_t group) const noexcept {
    return planes_.zero_points.data() + at(panel, group);
  }
  [[nodiscard]] const packed_offset<Scheme>* offsets(std::size_t panel, std::size_t group) const noexcept {
    return planes_.offsets.data() + at(panel, group);
  }
  [[nodiscard]] const std::int32_t* code_sums(std::size_t panel, std::size_t group) const noexcept {
    return planes_.code_sums.data() + at(panel, group);
  }

  /// Bytes of all planes.
  [[nodiscard]] constexpr std::size_t byte_count() const noexcept {
    return planes_.lines.size_bytes() + planes_.scales.size_bytes() + planes_.zero_points.size_bytes() +
           planes_.offsets.size_bytes() + planes_.code_sums.size_bytes();
  }

  /// Real weights of a panel (see weight_operand.hpp). Cost: one decode of each code.
  HALFTONE_INLINE void decode_strip(std::size_t panel, std::size_t k_begin, std::size_t k_end, float* out) const noexcept {
    decode_code_strip<default_arch>(*this, nullptr, panel, k_begin, k_end, out);
  }

 private:
  constexpr void expects_size(std::string_view plane, std::size_t size, std::size_t wanted) const {
    expects(size == wanted, "packed_view: [", shape_.rows, ", ", shape_.cols, "] needs ", wanted, " ", plane, ", not ",
            size);
  }
  [[nodiscard]] constexpr std::size_t line_bytes() const noexcept { return packed_matrix<Scheme>::line_bytes(geometry_); }
  [[nodiscard]] constexpr std::size_t at(std::size_t panel, std::size_t group) const noexcept {
    return (panel * geometry_.groups + group) * panel_columns;
  }

  matrix_shape shape_{};
  panel_geometry geometry_{};
  packed_planes<Scheme> planes_{};
  packed_layout layout_ = packed_layout::none;
};

}  // namespace halftone::inline v0_1
