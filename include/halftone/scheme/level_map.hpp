// SPDX-License-Identifier: MIT
// Halftone: how the levels and parameters of one scheme become those of another, where nothing is lost.
//
// The levels of a weight are joined by level' = factor * level + shift, exactly, with a factor that is a power of two (or minus
// one) and an integer shift; the parameters follow from the equations:
//
//   scale' = scale / factor        zero_point' = factor * zero_point + shift        offset' = offset - shift * scale'
//
// A zero point becomes an offset of -zero_point * scale, and an offset that is a whole number of steps becomes a zero point.
// Both sides then round the same product (or sum) once, so the real numbers are the same floats. Only the sign of a zero may
// differ: a sum with an offset, and levels without minus zero, have no minus zero.
#pragma once

#include <halftone/scheme/scheme.hpp>

#include <optional>

namespace halftone::inline v0_1 {

/// Parameters of a group of the target, and what its levels are made by.
struct moved_parameters {
  group_parameters parameters{};
  float factor = 1.0f;
  float shift = 0.0f;
};

namespace detail {

/// Whether some code decodes to this level. Equal numbers count as equal: plus zero does for minus zero.
template <scalar_element Element>
[[nodiscard]] HALFTONE_INLINE constexpr bool holds_level(const Element& e, float level) noexcept {
  if constexpr (uniform_element<Element>) {
    return level >= static_cast<float>(Element::min) && level <= static_cast<float>(Element::max) &&
           static_cast<float>(static_cast<std::int32_t>(level)) == level;
  } else {
    return e.decode(e.encode(level)) == level;
  }
}

/// The code of a level that the element holds.
template <scalar_element Element>
[[nodiscard]] HALFTONE_INLINE constexpr std::uint32_t code_of_level(const Element& e, float level) noexcept {
  if constexpr (uniform_element<Element>) {
    return Element::code_of(static_cast<std::int32_t>(level));
  } else {
    return e.encode(level);
  }
}

/// Calls visit(level) for every finite level of an element of at most 8 bits.
template <scalar_element Element, class Visit>
constexpr void for_each_level(const Element& e, const Visit& visit) {
  if constexpr (uniform_element<Element>) {
    for (std::int32_t level = Element::min; level <= Element::max; ++level) {
      visit(static_cast<float>(level));
    }
  } else {
    for (std::uint32_t code = 0; code < (1u << Element::bits); ++code) {
      if (const float level = e.decode(code); is_finite(level)) {
        visit(level);
      }
    }
  }
}

}  // namespace detail

/// What becomes of the parameters and levels of a matrix of From in one of To. A target without a scale holds real numbers:
/// `holds_reals`, and nothing is moved.
template <scheme_type From, scheme_type To>
class level_map {
  using from_element = typename From::element_type;
  using to_element = typename To::element_type;

 public:
  static constexpr bool holds_reals = !To::has_scale;

  /// Codes mean the same on both sides, NaN and what stands between units included.
  static constexpr bool same_elements = std::is_same_v<from_element, to_element> && std::is_empty_v<to_element>;

  /// A mapping that rounds elsewhere than its equation says is joined to itself only.
  static constexpr bool same_reals =
      (!From::has_own_real && !To::has_own_real) ||
      (std::is_same_v<typename From::mapping_type, typename To::mapping_type> && std::is_empty_v<typename To::mapping_type>);

  /// Levels are as they were whatever the parameters are.
  static constexpr bool same_levels =
      holds_reals ? From::equation == equation::level_only
                  : From::has_own_real || (From::has_zero_point == To::has_zero_point && From::has_offset == To::has_offset &&
                                           !detail::stores_only_positive<typename To::scale_storage>) ||
                        (std::is_same_v<typename From::scale_storage, typename To::scale_storage> && same_reals &&
                         From::equation == To::equation);

  level_map(const From& from, const To& to) : to_(to) {
    if constexpr (!holds_reals && !same_elements && !From::has_own_real && tabled) {
      // Every level of From should have one in To; the first factor that does it.
      for (const float factor : {1.0f, 2.0f, 0.5f, 4.0f, 0.25f, 8.0f, 0.125f, 16.0f, 0.0625f, 64.0f, 0.015625f}) {
        if (holds_all(from.element, factor, shift_for(from.element, factor))) {
          factor_ = factor;
          break;
        }
      }
    }
    if constexpr (!holds_reals && has_shift) {
      shift_ = shift_for(from.element, factor_);
    }
  }

  /// The parameters that groups under `p` get; nothing where To's equation has none for them.
  /// Whether they can be stored, and whether every code that occurs has a level, is left to the caller.
  [[nodiscard]] std::optional<moved_parameters> move(const group_parameters& p) const noexcept {
    if constexpr (holds_reals || !same_reals) {
      return holds_reals ? std::optional<moved_parameters>(moved_parameters{}) : std::nullopt;
    } else if constexpr (To::has_own_real) {
      return moved_parameters{.parameters = p};
    } else {
      moved_parameters m{.parameters = {.scale = p.scale / factor_}, .factor = factor_, .shift = shift_};
      if constexpr (detail::stores_only_positive<typename To::scale_storage>) {
        if (p.scale < 0.0f) {
          m.factor = -m.factor;
          m.parameters.scale = -m.parameters.scale;
        }
      }
      if (product(m.parameters.scale, m.factor) != p.scale) {
        return std::nullopt;  // what is left of a subnormal scale
      }
      return moved_zero(p, m) ? std::optional<moved_parameters>(m) : std::nullopt;
    }
  }

  /// Codes stay what they are: `same_elements` under the same kind of parameters.
  [[nodiscard]] bool keeps_codes() const noexcept { return same_elements && same_levels && factor_ == 1.0f && shift_ == 0.0f; }

  /// The level in To of a level of From.
  [[nodiscard]] HALFTONE_INLINE static float level(float from, const moved_parameters& m) noexcept {
    return m.shift == 0.0f ? product(m.factor, from) : fused(m.factor, from, m.shift);
  }

 private:
  static constexpr bool has_shift = To::has_zero_point || To::has_offset;
  template <class E>
  static constexpr bool is_small = scalar_element<E> && E::bits <= 8;
  static constexpr bool tabled = is_small<from_element> && is_small<to_element>;

  /// Levels with a sign move up into an element without one by half its codes, and down the other way.
  [[nodiscard]] static float shift_for(const from_element& e, float factor) {
    if constexpr (tabled && has_shift && uniform_element<to_element> && !From::has_own_real) {
      float low = 0.0f;
      float high = 0.0f;
      detail::for_each_level(e, [&](float level) {
        low = minimum(low, product(level, factor));
        high = maximum(high, product(level, factor));
      });
      constexpr float half = static_cast<float>(1 << (to_element::bits - 1));
      const bool inside = low >= static_cast<float>(to_element::min) && high <= static_cast<float>(to_element::max);
      return inside ? 0.0f : low < 0.0f && to_element::min == 0 ? half : low == 0.0f && to_element::min < 0 ? -half : 0.0f;
    } else {
      return 0.0f;
    }
  }

  [[nodiscard]] bool holds_all(const from_element& e, float factor, float shift) const {
    bool all = true;
    detail::for_each_level(e, [&](float level) {
      all = all && detail::holds_level(to_.element, fused(factor, level, shift));
    });
    return all;
  }

  /// Fills in the zero point or offset, and the shift that depends on it.
  [[nodiscard]] bool moved_zero(const group_parameters& p, moved_parameters& m) const noexcept {
    float zero = 0.0f;  // the level of From whose real number is 0
    if constexpr (From::has_zero_point) {
      zero = static_cast<float>(p.zero_point);
    } else if constexpr (From::has_offset && !To::has_offset) {
      if (p.scale == 0.0f && p.offset == 0.0f) {
        m.factor = 0.0f;  // every weight is 0
      } else if (p.scale == 0.0f || !steps_of_offset(p, zero)) {
        return false;
      }
    }
    if constexpr (To::has_zero_point) {
      const float moved = fused(m.factor, zero, m.shift);
      m.parameters.zero_point = detail::holds_level(to_.element, moved) ? static_cast<std::int32_t>(moved) : 0;
      return detail::holds_level(to_.element, moved);
    } else if constexpr (To::has_offset) {
      if constexpr (From::has_offset) {
        return offset_less_shift(p.offset, m);
      } else {
        const float steps = fused(m.factor, zero, m.shift);
        m.parameters.offset = 0.0f - product(steps, m.parameters.scale);
        return is_finite(m.parameters.offset) && fused(m.parameters.scale, steps, m.parameters.offset) == 0.0f;
      }
    } else {
      m.shift = 0.0f - product(m.factor, zero);
      return true;
    }
  }

  /// offset = -zero * scale, exactly, for an integer zero.
  [[nodiscard]] static bool steps_of_offset(const group_parameters& p, float& zero) noexcept {
    zero = 0.0f - p.offset / p.scale;
    constexpr float most = 65536.0f;  // levels have at most 16 bits
    return magnitude(zero) <= most && static_cast<float>(static_cast<std::int32_t>(zero)) == zero &&
           fused(p.scale, zero, p.offset) == 0.0f;
  }

  /// offset - shift * scale, if that is a float.
  [[nodiscard]] static bool offset_less_shift(float offset, moved_parameters& m) noexcept {
    if (m.shift == 0.0f) {
      m.parameters.offset = offset;
      return true;
    }
    // A shift is a power of two, so the product is exact; the sum's error is found as Knuth does.
    const double a = static_cast<double>(offset);
    const double b = product(-static_cast<double>(m.shift), static_cast<double>(m.parameters.scale));
    const double sum = a + b;
    const double part = sum - a;
    const double lost = (a - (sum - part)) + (b - part);
    m.parameters.offset = static_cast<float>(sum);
    return lost == 0.0 && static_cast<double>(m.parameters.offset) == sum && is_finite(m.parameters.offset);
  }

  const To& to_;
  float factor_ = 1.0f;
  float shift_ = 0.0f;
};

}  // namespace halftone::inline v0_1
