// SPDX-License-Identifier: MIT
// Halftone: which parameters a group gets. An estimator is an argument of `quantize`, not part of the matrix's type.
//
//   fit(values, scheme) -> group_parameters     values: the weights of one group, in row-major order, all finite
//
// Law: fit depends on the values and the scheme alone. `quantize` stores the parameters first and then chooses codes
// against what was stored.
#pragma once

#include <halftone/scheme/scheme.hpp>

#include <span>

namespace halftone::inline v0_1 {

template <class E, class Scheme>
concept estimator_for = requires(const E& e, std::span<const float> values, const Scheme& s) {
  { e.fit(values, s) } -> std::same_as<group_parameters>;
};

/// Smallest and largest of finite values; {0, 0} of none.
[[nodiscard]] constexpr range range_of(std::span<const float> values) noexcept {
  if (values.empty()) {
    return {};
  }
  range r{values[0], values[0]};
  for (const float x : values) {
    r.min = minimum(x, r.min);
    r.max = maximum(x, r.max);
  }
  return {r.min + 0.0f, r.max + 0.0f};  // minus zero becomes zero, so that the order of values cannot show
}

/// The mapping applied to the range of the group. The default, and the fastest.
struct min_max {
  template <scheme_type Scheme>
  [[nodiscard]] group_parameters fit(std::span<const float> values, const Scheme& s) const noexcept {
    return s.mapping.choose(range_of(values), s.element);
  }
};

/// The code of a value under these parameters.
/// @param factor  Scheme::factor_of(p)
/// @param index   numbers the weights of the matrix, for stochastic rounding
template <scheme_type Scheme>
[[nodiscard]] HALFTONE_INLINE constexpr std::uint32_t encode_value(float x, const group_parameters& p, float factor,
                                                                   const Scheme& s, std::uint64_t index) noexcept {
  using Element = typename Scheme::element_type;
  using Scaling = typename Scheme::scaling_type;
  float scaled = x;
  if constexpr (Scheme::has_own_scaled) {
    scaled = s.mapping.scaled(x, p, factor);
  } else if constexpr (Scheme::has_offset) {
    scaled = Scaling::scaled(x - p.offset, factor);
  } else if constexpr (Scheme::has_scale) {
    scaled = Scaling::scaled(x, factor);
  }
  if constexpr (uniform_element<Element>) {
    std::int32_t zero = Scheme::has_zero_point ? p.zero_point : 0;
    scaled = scaled == scaled ? scaled : 0.0f;
    if constexpr (Scheme::has_zero_point && rounds_sum_with_zero_point<typename Scheme::rounding_type>) {
      scaled += static_cast<float>(zero);
      zero = 0;
    }
    scaled = maximum(scaled, static_cast<float>(Element::min - zero));
    scaled = minimum(scaled, static_cast<float>(Element::max - zero));
    typename Scheme::rounding_type rounding{};
    return Element::code_of(static_cast<std::int32_t>(rounding.round(scaled, index)) + zero);
  } else {
    return s.element.encode(scaled);
  }
}

/// Sum of squared errors of values under these parameters, in double, in order: the same everywhere.
template <scheme_type Scheme>
  requires scalar_element<typename Scheme::element_type>
[[nodiscard]] constexpr double squared_error_of(std::span<const float> values, const group_parameters& p,
                                                const Scheme& s) noexcept {
  const float factor = Scheme::factor_of(p);
  double sum = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint32_t code = encode_value(values[i], p, factor, s, i);
    const float difference = values[i] - s.real(s.element.decode(code), p);
    sum += static_cast<double>(difference) * static_cast<double>(difference);  // exact product: safe to contract
  }
  return sum;
}

}  // namespace halftone::inline v0_1
