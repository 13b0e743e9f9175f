// SPDX-License-Identifier: MIT
// Halftone: codes to real numbers in lanes: the levels of an element, then the program of `real_of_level`.
#pragma once

#include <halftone/simd/code_stream.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

#include <algorithm>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Whether codes of this scheme are decoded sixteen at a time.
template <class Scheme>
inline constexpr bool decodes_in_lanes = [] {
  if constexpr (scalar_element<typename Scheme::element_type>) {
    return Scheme::element_type::bits <= 8 && !Scheme::has_own_real && (Scheme::has_scale || !uniform_element<typename Scheme::element_type>);
  } else {
    return false;
  }
}();

/// The levels of an element: numbers that codes are.
template <class Arch, class Element>
class lane_levels {
 public:
  explicit lane_levels(const Element&) noexcept {}
  /// Of sixteen codes of a canonical row, which start on a byte.
  [[nodiscard]] HALFTONE_INLINE float_columns<Arch> at(const std::uint8_t* row) const noexcept {
    return to_float(load_code_levels<Arch, Element::bits, (Element::min < 0)>(row));
  }
};

/// Those of a table: looked up.
template <class Arch, table_element Element>
class lane_levels<Arch, Element> {
  static constexpr std::size_t size = std::size_t{1} << std::max(Element::bits, 4u);
  static constexpr bool is_fixed = requires { typename std::bool_constant<(Element::decode(0u), true)>; };

 public:
  explicit lane_levels(const Element& e) noexcept {
    if constexpr (!is_fixed) {
      for (std::uint32_t code = 0; code < (1u << Element::bits); ++code) {
        table_[code] = e.decode(code);
      }
    }
  }
  [[nodiscard]] HALFTONE_INLINE float_columns<Arch> at(const std::uint8_t* row) const noexcept {
    const auto codes = load_code_levels<Arch, Element::bits, false>(row);
    if constexpr (is_fixed) {
      return look_up<size>(fixed.data(), codes);
    } else {
      return look_up<size>(table_.data(), codes);
    }
  }

 private:
  [[nodiscard]] static constexpr std::array<float, size> entries() noexcept {
    std::array<float, size> all{};
    if constexpr (is_fixed) {
      for (std::uint32_t code = 0; code < (1u << Element::bits); ++code) {
        all[code] = Element::decode(code);
      }
    }
    return all;
  }
  alignas(64) static constexpr std::array<float, size> fixed = entries();
  alignas(64) std::array<float, is_fixed ? 1 : size> table_{};
};

/// The program of `real_of_level` in lanes; parameters of one run.
template <class Arch, class Scheme>
class lane_decoder {
  using floats = float_columns<Arch>;

 public:
  HALFTONE_INLINE explicit lane_decoder(const group_parameters& p) noexcept
      : scale_(floats::broadcast(p.scale)), zero_(floats::broadcast(static_cast<float>(p.zero_point))),
        offset_(floats::broadcast(p.offset)) {}

  [[nodiscard]] HALFTONE_INLINE floats reals(const floats& level) const noexcept {
    if constexpr (Scheme::has_offset) {
      return fused(scale_, level, offset_);
    } else if constexpr (Scheme::has_zero_point) {
      return product(scale_, level - zero_);
    } else if constexpr (Scheme::has_scale) {
      return product(scale_, level);
    } else {
      return level;
    }
  }

 private:
  floats scale_, zero_, offset_;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
