// SPDX-License-Identifier: MIT
// Halftone: what an element is: which codes exist, what each decodes to, how a scaled number is encoded.
//
// Every element states `bits` (per weight), `dimension` (weights per unit of the code plane) and `name()`.
//
//   uniform   codes are the integers min..max;            level <-> code by `code_of` and `level_of`
//   table     any other set of values, one per code;      `encode(float)` and `decode(code)`
//   unit      `dimension` weights share one code, or depend on each other: `encode_unit`, `decode_unit` on bytes
//
// Laws. decode(encode(decode(c))) == decode(c) for every code c. encode never has undefined behaviour: NaN gives the code
// that decodes nearest to zero unless the element has a NaN of its own, infinities give the extreme codes unless the
// element has infinities. Uniform elements leave rounding to the scheme's rounding policy; all others round themselves.
#pragma once

#include <halftone/core/arithmetic.hpp>
#include <halftone/core/error.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace halftone::inline v0_1 {

/// What every element states.
template <class E>
concept element = std::copyable<E> && requires {
  { E::bits } -> std::convertible_to<unsigned>;
  { E::dimension } -> std::convertible_to<std::size_t>;
  { E::name() } -> std::convertible_to<std::string>;
};

/// One code per weight; `decode` is the value of a code before scaling. `bits` is 1 to 8, 16 or 32.
template <class E>
concept scalar_element = element<E> && E::dimension == 1 &&
                         (E::bits <= 8 || E::bits == 16 || E::bits == 32) &&
                         requires(const E& e, std::uint32_t code) {
                           { e.decode(code) } -> std::same_as<float>;
                         };

/// The integers min..max, stored in `bits` bits, 1 to 8 or 16: two's complement if signed.
/// Law: level_of(code_of(level)) == level and decode(code_of(level)) == float(level) for min <= level <= max.
template <class E>
concept uniform_element = scalar_element<E> && (E::bits <= 16) && requires(std::uint32_t code, std::int32_t level) {
  { E::min } -> std::convertible_to<std::int32_t>;
  { E::max } -> std::convertible_to<std::int32_t>;
  { E::code_of(level) } -> std::same_as<std::uint32_t>;
  { E::level_of(code) } -> std::same_as<std::int32_t>;
};

/// A uniform element with negative levels.
template <class E>
concept signed_element = uniform_element<E> && (E::min < 0);

/// A scalar element that chooses codes itself. `largest()` is the largest magnitude that a scaled value should reach.
template <class E>
concept table_element = scalar_element<E> && !uniform_element<E> && requires(const E& e, float value) {
  { e.encode(value) } -> std::same_as<std::uint32_t>;
  { e.largest() } -> std::same_as<float>;
};

/// Where a unit of the code plane stands: its row, and the column (in weights) at which it starts.
struct unit_position {
  std::size_t row = 0;
  std::size_t column = 0;
};

/// `dimension` weights along k share a unit of bytes; the last unit of a row may hold fewer.
///
///   unit_bytes(count)                  bytes of a unit of `count` weights, 1 <= count <= dimension
///   encode_unit(scaled, bytes, where)  scaled: `count` floats; writes unit_bytes(count) bytes
///   decode_unit(bytes, values, where)  the inverse: values: `count` floats
template <class E>
concept unit_element =
    element<E> && !scalar_element<E> &&
    requires(const E& e, std::size_t count, std::span<const float> scaled, std::span<std::uint8_t> out,
             std::span<const std::uint8_t> bytes, std::span<float> values, unit_position where) {
      { E::unit_bytes(count) } -> std::convertible_to<std::size_t>;
      { e.largest() } -> std::same_as<float>;
      e.encode_unit(scaled, out, where);
      e.decode_unit(bytes, values, where);
    };

/// An element of one of the three kinds.
template <class E>
concept element_format = uniform_element<E> || table_element<E> || unit_element<E>;

/// The largest magnitude that a scaled value should reach: what symmetric mappings divide by.
template <element_format E>
[[nodiscard]] HALFTONE_INLINE constexpr float largest_level(const E& e) noexcept {
  if constexpr (uniform_element<E>) {
    return static_cast<float>(E::max);
  } else {
    return e.largest();
  }
}

/// Bytes of one row of `cols` codes in canonical order: a little-endian bit stream that starts on a byte.
template <element_format E>
[[nodiscard]] constexpr std::size_t row_bytes_of(std::size_t cols) noexcept {
  if constexpr (unit_element<E>) {
    const std::size_t whole = cols / E::dimension;
    const std::size_t rest = cols % E::dimension;
    return whole * E::unit_bytes(E::dimension) + (rest == 0 ? 0 : E::unit_bytes(rest));
  } else {
    return ceil_div(cols * E::bits, 8);
  }
}

}  // namespace halftone::inline v0_1
