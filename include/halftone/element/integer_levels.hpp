// SPDX-License-Identifier: MIT
// Halftone: elements whose codes are integers times one number: exact integer dot products multiply them.
#pragma once

#include <halftone/element/element.hpp>

#include <algorithm>
#include <array>
#include <type_traits>

namespace halftone::inline v0_1 {

/// A fixed table of at most 64 values: `decode` is a constant of the type.
template <class E>
concept small_fixed_table = table_element<E> && E::bits <= 6 && requires { typename std::bool_constant<(E::decode(0u), true)>; };

namespace detail {

/// The smallest k for which all values times 2^k are integers of 8 bits; 255 if there is none.
template <small_fixed_table E>
[[nodiscard]] consteval unsigned halvings_of() {
  float factor = 1.0f;
  for (unsigned k = 0; k <= 8; ++k, factor *= 2.0f) {
    bool integers = true;
    for (std::uint32_t code = 0; code < (1u << E::bits); ++code) {
      const float value = E::decode(code) * factor;
      integers = integers && value >= -128.0f && value <= 127.0f &&
                 value == static_cast<float>(static_cast<std::int32_t>(value >= -128.0f && value <= 127.0f ? value : 0.0f));
    }
    if (integers) {
      return k;
    }
  }
  return 255;
}

template <class E>
inline constexpr bool is_integer_table = false;
template <small_fixed_table E>
inline constexpr bool is_integer_table<E> = halvings_of<E>() != 255;

}  // namespace detail

/// A table element whose values are integers of 8 bits times a power of two, found from `decode`: e2m1, e2m3, iq4_nl, ternary, and
/// every `codebook` of such values.
template <class E>
concept integer_table_element = detail::is_integer_table<E>;

/// Elements that are integers of at most 8 bits, or such integers times a power of two.
template <class E>
concept integer_valued_element = (uniform_element<E> && E::bits <= 8) || integer_table_element<E>;

/// What the codes of an element are as integers:  decode(code) == product(unit, level_of(code)),  min <= level <= max.
template <integer_valued_element E>
struct integer_levels {
  static constexpr float unit = 1.0f;
  static constexpr std::int32_t min = E::min;
  static constexpr std::int32_t max = E::max;
  [[nodiscard]] HALFTONE_INLINE static constexpr std::int32_t level_of(std::uint32_t code) noexcept { return E::level_of(code); }
};

template <integer_table_element E>
struct integer_levels<E> {
  static constexpr std::size_t size = std::size_t{1} << E::bits;
  static constexpr float unit = 1.0f / static_cast<float>(1u << detail::halvings_of<E>());
  /// By code.
  static constexpr std::array<std::int32_t, size> levels = [] {
    std::array<std::int32_t, size> all{};
    for (std::uint32_t code = 0; code < size; ++code) {
      all[code] = static_cast<std::int32_t>(E::decode(code) * static_cast<float>(1u << detail::halvings_of<E>()));
    }
    return all;
  }();
  static constexpr std::int32_t min = *std::min_element(levels.begin(), levels.end());
  static constexpr std::int32_t max = *std::max_element(levels.begin(), levels.end());
  [[nodiscard]] HALFTONE_INLINE static constexpr std::int32_t level_of(std::uint32_t code) noexcept {
    return levels[code & (size - 1)];
  }
};

}  // namespace halftone::inline v0_1
