// SPDX-License-Identifier: MIT
// Halftone: what a mapping is: how the range of a group becomes its parameters.
//
// Required: `static constexpr halftone::equation equation`, `name()`, and
//   choose(range, element) -> group_parameters
// Optional: real(level, parameters) -> float, for a mapping whose dequantization rounds elsewhere than its equation
//   (HQQ's (code - zero) * scale, for one); `equation` then only says which parameters are stored.
//   scaled(x, parameters, factor) -> float, for a mapping whose codes come from another number than (x - offset) times the scaling
//   policy's factor: what is clamped and rounded (float zero points, which are added after the product).
//   prepared(values) -> M, for a mapping that looks at the whole matrix before it chooses (centered_on_mean): what it returns,
//   with data members of its own, chooses. Its parameters are stored as all are.
//   With `widens_to_zero<M>` (a variable to specialize) it promises besides that ends of a range count only as far as they
//   lie beyond zero: choose({a, b}, e) == choose({min(a, 0), max(b, 0)}, e). Finding such ends takes two thirds of the time.
//   With `positive_scale<M>` (a variable to specialize) it promises that no scale is negative; storages without a sign want that. 0 is
//   allowed, which a group of zeros mostly has. With `scale_above_zero<M>` it promises that no scale is 0 either.
//
// Laws. The parameters are finite for every finite range. A group of zeros gives a scale whose codes decode to zero.
// Every x in the range that the mapping promises to cover dequantizes to within |scale| / 2 of itself, up to one rounding of
// a float, before the parameters are stored in fewer bits.
#pragma once

#include <halftone/core/matrix_view.hpp>
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

/// The mapping looks at the whole matrix before it chooses.
template <class M>
concept prepared_mapping = requires(const M& m, matrix_view<const float> values) {
  { m.prepared(values) } -> std::same_as<M>;
};

/// The mapping sees zero in every range: see the promise above. Not inherited.
template <class M>
inline constexpr bool widens_to_zero = false;

/// No scale of the mapping is negative; some may be 0: see the promise above. Not inherited.
template <class M>
inline constexpr bool positive_scale = false;

/// Every scale of the mapping is above zero, that of a group of zeros, too. Not inherited.
template <class M>
inline constexpr bool scale_above_zero = false;

namespace detail {

/// (max - min) / steps without overflow at the ends of float; a single step wider than all floats is the largest float.
[[nodiscard]] HALFTONE_INLINE constexpr float step_of(range r, std::int32_t steps) noexcept {
  constexpr double largest = static_cast<double>(std::numeric_limits<float>::max());
  const double step = (static_cast<double>(r.max) - static_cast<double>(r.min)) / static_cast<double>(steps);
  return static_cast<float>(steps > 1 || step < largest ? step : largest);  // only one step can be that wide
}

/// Nearest integer, ties to even, of a double below 2^51 in magnitude; exact in every rounding step.
[[nodiscard]] HALFTONE_INLINE constexpr double nearest_even(double x) noexcept {
  constexpr double magic = 6755399441055744.0;  // 1.5 * 2^52
  return (x + magic) - magic;
}

// No branches, so that zero points are computed in lanes.

/// The level, or what is nearest to it of [low, high]; low where it is NaN.
[[nodiscard]] HALFTONE_INLINE constexpr std::int32_t clamp_level(double level, std::int32_t low,
                                                                 std::int32_t high) noexcept {
  const double raised = chosen(level > low, level, static_cast<double>(low));
  return static_cast<std::int32_t>(chosen(raised < high, raised, static_cast<double>(high)));
}

/// clamp(round_even(low - min / scale)); low where the scale is 0.
[[nodiscard]] HALFTONE_INLINE constexpr std::int32_t zero_point_of(float min, float scale, std::int32_t low,
                                                                   std::int32_t high) noexcept {
  const bool scaled = scale != 0.0f;
  const double steps = static_cast<double>(min) / static_cast<double>(chosen(scaled, scale, 1.0f));
  return clamp_level(chosen(scaled, nearest_even(low - steps), static_cast<double>(low)), low, high);
}

}  // namespace detail

}  // namespace halftone::inline v0_1
