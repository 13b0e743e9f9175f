// SPDX-License-Identifier: MIT
// Halftone: what estimators of ptq/ minimize: the weighted squared error of a group under parameters as they will be stored.
//
//   sum over i of importance[i] (values[i] - real(code(values[i])))^2         in double, in order: the same everywhere
#pragma once

#include <halftone/scheme/best_of_neighbours.hpp>

#include <limits>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq {

/// A number as a storage keeps it; planes that are quantized again are known for a whole matrix alone, and keep it as it is.
template <class Storage>
[[nodiscard]] constexpr float as_stored(float x) noexcept {
  if constexpr (halftone::detail::is_quantized_again<Storage>) {
    return x;
  } else {
    using Element = typename Storage::element_type;
    return Element{}.decode(Element{}.encode(x));
  }
}

/// The parameters that `quantize` makes of these.
template <scheme_type Scheme>
[[nodiscard]] constexpr group_parameters as_stored(group_parameters p, std::span<const float> values, const Scheme& s) noexcept {
  p = settled(p, values, s);
  if constexpr (Scheme::has_scale) {
    p.scale = as_stored<typename Scheme::scale_storage>(p.scale);
  }
  if constexpr (Scheme::has_offset) {
    p.offset = as_stored<typename Scheme::offset_storage>(p.offset);
  }
  return p;
}

/// Whether `quantize` accepts them.
template <scheme_type Scheme>
[[nodiscard]] constexpr bool can_be_stored(const group_parameters& p) noexcept {
  if constexpr (Scheme::has_scale) {
    if (positive_scale<typename Scheme::mapping_type> && !(p.scale >= 0.0f)) {
      return false;
    }
  }
  return is_finite(p.scale) && is_finite(p.offset);
}

/// @param importance  one for each value, none below 0; or none at all, for 1 each
template <scheme_type Scheme>
  requires scalar_element<typename Scheme::element_type>
[[nodiscard]] constexpr double weighted_error_of(std::span<const float> values, std::span<const float> importance,
                                                 const group_parameters& p, const Scheme& s) noexcept {
  if (importance.empty()) {
    return squared_error_of(values, p, s);
  }
  const float factor = Scheme::factor_of(p);
  double sum = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint32_t code = encode_value(values[i], p, factor, s, i);
    const auto difference = static_cast<double>(values[i] - s.real(s.element.decode(code), p));
    sum += product(static_cast<double>(importance[i]), difference * difference);
  }
  return sum;
}

/// The best of the parameters that were tried, as they will be stored.
template <scheme_type Scheme>
class best_parameters {
 public:
  constexpr best_parameters(std::span<const float> values, std::span<const float> importance, const Scheme& s) noexcept
      : values_(values), importance_(importance), scheme_(s) {}

  /// Tries p; of equal errors the first stays. Returns p as it would be stored, or nothing usable if it cannot be.
  constexpr bool attempt(group_parameters& p) noexcept {
    p = as_stored(p, values_, scheme_);
    if (!can_be_stored<Scheme>(p)) {
      return false;
    }
    const double error = weighted_error_of(values_, importance_, p, scheme_);
    if (!found_ || error < least_) {
      best_ = p;
      least_ = error;
      found_ = true;
    }
    return true;
  }
  [[nodiscard]] constexpr const group_parameters& best() const noexcept { return best_; }
  [[nodiscard]] constexpr double least() const noexcept { return least_; }

 private:
  std::span<const float> values_, importance_;
  const Scheme& scheme_;
  group_parameters best_{};
  double least_ = std::numeric_limits<double>::infinity();
  bool found_ = false;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq
