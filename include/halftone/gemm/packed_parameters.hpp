// SPDX-License-Identifier: MIT
// Halftone: how packed matrices keep parameters: no wider than the scheme stores them, for a single row of activations reads
// them all.
#pragma once

#include <halftone/core/aligned_buffer.hpp>
#include <halftone/element/float_storage.hpp>
#include <halftone/gemm/panel_layout.hpp>
#include <halftone/scheme/storage.hpp>

#include <bit>
#include <span>
#include <type_traits>

namespace halftone::inline v0_1 {

namespace detail {
/// Whether every code of a small float is a bf16 number: those of fp8 and e8m0 are.
template <class Element>
inline constexpr bool fits_bfloat16 = false;
template <class Element>
  requires(table_element<Element> && Element::bits <= 8 && requires { typename std::bool_constant<(Element::decode(0u), true)>; })
inline constexpr bool fits_bfloat16<Element> = [] {
  for (std::uint32_t code = 0; code < (1u << Element::bits); ++code) {
    if ((std::bit_cast<std::uint32_t>(Element::decode(code)) & 0xffffu) != 0) {
      return false;
    }
  }
  return true;
}();
}  // namespace detail

/// A scale or an offset in kernel order: fp16 and bf16 stay what they are, small floats that fit bf16 become that, all others are
/// floats.
template <class Storage>
struct packed_parameter {
  using type = float;
  [[nodiscard]] HALFTONE_INLINE static constexpr float of(float value) noexcept { return value; }
};
template <>
struct packed_parameter<stored_as<fp16>> {
  using type = binary16;
  [[nodiscard]] HALFTONE_INLINE static constexpr binary16 of(float value) noexcept { return to_binary16(value); }
};
template <class Element>
  requires(std::is_same_v<Element, bf16> || detail::fits_bfloat16<Element>)
struct packed_parameter<stored_as<Element>> {
  using type = bfloat16;
  [[nodiscard]] HALFTONE_INLINE static constexpr bfloat16 of(float value) noexcept { return to_bfloat16(value); }
};

/// What scales and offsets of a scheme are packed as.
template <class Scheme>
using packed_scale = typename packed_parameter<typename Scheme::scale_storage>::type;
template <class Scheme>
using packed_offset = typename packed_parameter<typename Scheme::offset_storage>::type;

/// Whether a byte holds signed levels: of the integer scales and offsets of a super-block.
template <class Storage>
inline constexpr bool packs_signed_levels = false;
template <class Nested>
  requires uniform_element<typename Nested::element_type>
inline constexpr bool packs_signed_levels<quantized_again<Nested>> = Nested::element_type::min < 0;

/// Parameters of super-blocks in kernel order: an integer in a byte for each group, floats for each super-block.
struct super_block_planes {
  aligned_buffer<std::uint8_t> scales;   ///< [panel][group][16]
  aligned_buffer<std::uint8_t> offsets;  ///< likewise, where there are offsets
  aligned_buffer<float> float_scales;    ///< [panel][super-block][16]
  aligned_buffer<float> float_offsets;
  std::size_t blocks = 0;                ///< super-blocks along k

  [[nodiscard]] std::size_t byte_count() const noexcept {
    return scales.size() + offsets.size() + 4 * (float_scales.size() + float_offsets.size());
  }
};

/// Packed memory of a matrix of codes: what a program has linked in, or keeps in memory of its own. See `packed_view`.
template <class Scheme>
struct packed_planes {
  std::span<const std::uint8_t> lines;                   ///< [panel][bytes of its lines], on a multiple of 64 bytes
  std::span<const packed_scale<Scheme>> scales;          ///< [panel][group][16]
  std::span<const std::uint8_t> zero_points{};           ///< likewise, as packed codes; empty where the scheme has none
  std::span<const packed_offset<Scheme>> offsets{};      ///< likewise
  std::span<const std::int32_t> code_sums{};             ///< likewise: sums of packed codes
};

}  // namespace halftone::inline v0_1
