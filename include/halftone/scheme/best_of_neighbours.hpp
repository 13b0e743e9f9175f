// SPDX-License-Identifier: MIT
// Halftone: a scale that lies between two codes of its storage takes the one that serves the group's values better.
#pragma once

#include <halftone/element/exponent.hpp>
#include <halftone/scheme/estimator.hpp>

namespace halftone::inline v0_1 {

/// A storage's element of whose codes around a scale the group's squared error chooses: stored_as<best_of_neighbours<fp8_e4m3fn>>.
/// Whatever estimator the scale comes from; a scale that has a code of its own keeps it. Where nobody knows the values (offsets,
/// scales of planes that are set one by one) it encodes as Element does.
/// @tparam Element  codes whose magnitudes ascend: e8m0, small floats, fp16, bf16
template <class Element>
  requires table_element<Element>
struct best_of_neighbours {
  using element_type = Element;
  static constexpr unsigned bits = Element::bits;
  static constexpr std::size_t dimension = 1;
  static constexpr bool chooses_by_values = true;
  static constexpr bool only_positive = detail::has_no_sign<Element>;
  [[nodiscard]] static std::string name() { return detail::message("best_of_neighbours<", Element::name(), ">"); }
  [[nodiscard]] HALFTONE_INLINE static constexpr float largest() noexcept { return Element{}.largest(); }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(float x) noexcept { return Element{}.encode(x); }
  [[nodiscard]] HALFTONE_INLINE static constexpr float decode(std::uint32_t code) noexcept { return Element{}.decode(code); }
};

/// Powers of two, of which the group's squared error chooses.
using e8m0_best = best_of_neighbours<e8m0_nearest>;

namespace detail {

template <class Storage>
inline constexpr bool chooses_by_values = false;
template <class Element>
inline constexpr bool chooses_by_values<stored_as<best_of_neighbours<Element>>> = true;

/// The number next to `stored` on the other side of `wanted`; `stored` where there is none.
template <class Element>
[[nodiscard]] constexpr float other_neighbour(float wanted, float stored) noexcept {
  const bool up = magnitude(stored) < magnitude(wanted);
  const float other = Element::decode(up ? Element::encode(stored) + 1 : Element::encode(stored) - 1);
  const bool beyond = up ? magnitude(other) > magnitude(wanted) : magnitude(other) < magnitude(wanted);
  return is_finite(other) && beyond ? other : stored;
}

}  // namespace detail

/// Whether `quantize` looks at the values of a group again once its scale is known.
template <class Scheme>
inline constexpr bool chooses_scale_by_values =
    Scheme::has_scale && detail::chooses_by_values<typename Scheme::scale_storage>;

/// The parameters of a group, its scale settled where the storage leaves that to the values: of two neighbours the one with the
/// smaller squared error, the larger on a tie. Cost: two passes over the group.
template <scheme_type Scheme>
[[nodiscard]] constexpr group_parameters settled(const group_parameters& wanted, [[maybe_unused]] std::span<const float> values,
                                                 [[maybe_unused]] const Scheme& s) noexcept {
  if constexpr (chooses_scale_by_values<Scheme>) {
    static_assert(scalar_element<typename Scheme::element_type>, "best_of_neighbours: the errors of units are not known");
    using Element = typename Scheme::scale_storage::element_type;
    group_parameters first = wanted;
    group_parameters second = wanted;
    first.scale = Element::decode(Element::encode(wanted.scale));
    second.scale = detail::other_neighbour<Element>(wanted.scale, first.scale);
    if (first.scale == wanted.scale || first.scale == second.scale || !is_finite(first.scale)) {
      return wanted;
    }
    if (magnitude(first.scale) < magnitude(second.scale)) {
      std::swap(first, second);
    }
    return squared_error_of(values, first, s) <= squared_error_of(values, second, s) ? first : second;
  } else {
    return wanted;
  }
}

static_assert(table_element<e8m0_best> && storage_policy<stored_as<e8m0_best>>);
static_assert(detail::other_neighbour<e8m0_best>(1.4f, 1.0f) == 2.0f && detail::other_neighbour<e8m0_best>(1.6f, 2.0f) == 1.0f);

}  // namespace halftone::inline v0_1
