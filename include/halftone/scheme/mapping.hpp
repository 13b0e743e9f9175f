// SPDX-License-Identifier: MIT
// Halftone: what a mapping is: how the range of a group becomes its parameters.
//
// Required: `static constexpr halftone::equation equation`, `name()`, and
//   choose(range, element) -> group_parameters
// Optional: real(level, parameters) -> float, for a mapping whose dequantization rounds elsewhere than its equation
//   (HQQ's (code - zero) * scale, for one); `equation` then only says which parameters are stored.
//
// Laws. The parameters are finite for every finite range. A group of zeros gives a scale whose codes decode to zero.
// Every x in the range that the mapping promises to cover dequantizes to within |scale| / 2 of itself, up to one rounding of
// a float, before the parameters are stored in fewer bits.
#pragma once

#include <halftone/element/element.hpp>
#include <halftone/scheme/parameters.hpp>

#include <limits>

namespace halftone::inline v0_1 {

/// A mapping that serves Element. Constrain `choose` to say which elements a mapping of yours serves.
template <class M, class Element>
concept mapping_for = element_format<Element> && std::copyable<M> &&
                      requires(const M& m, range r, const Element& e) {
                        { M::equation } -> std::convertible_to<halftone::equation>;
                        { M::name() } -> std::convertible_to<std::string>;
                        { m.choose(r, e) } noexcept -> std::same_as<group_parameters>;
                      };

namespace detail {

/// (max - min) / steps without overflow at the ends of float; a single step wider than all floats is the largest float.
[[nodiscard]] HALFTONE_INLINE constexpr float step_of(range r, std::int32_t steps) noexcept {
  constexpr double largest = static_cast<double>(std::numeric_limits<float>::max());
  const double step = (static_cast<double>(r.max) - static_cast<double>(r.min)) / static_cast<double>(steps);
  return static_cast<float>(step < largest ? step : largest);
}

/// Nearest integer, ties to even, of a double below 2^51 in magnitude; exact in every rounding step.
[[nodiscard]] HALFTONE_INLINE constexpr double nearest_even(double x) noexcept {
  constexpr double magic = 6755399441055744.0;  // 1.5 * 2^52
  return (x + magic) - magic;
}

[[nodiscard]] HALFTONE_INLINE constexpr std::int32_t clamp_level(double level, std::int32_t low,
                                                                 std::int32_t high) noexcept {
  if (!(level > low)) {
    return low;
  }
  return level < high ? static_cast<std::int32_t>(level) : high;
}

}  // namespace detail

}  // namespace halftone::inline v0_1
