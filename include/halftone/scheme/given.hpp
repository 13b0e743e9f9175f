// SPDX-License-Identifier: MIT
// Halftone: estimators that take ranges or parameters from the caller.
#pragma once

#include <halftone/scheme/estimator.hpp>

namespace halftone::inline v0_1 {

/// The mapping applied to ranges that the caller knows: one for every group, or one for all.
/// Values outside a range saturate.
struct given_ranges {
  std::span<const range> ranges;

  template <scheme_type Scheme>
  [[nodiscard]] group_parameters fit(std::size_t group, std::span<const float>, const Scheme& s) const noexcept {
    return s.mapping.choose(ranges[ranges.size() == 1 ? 0 : group], s.element);
  }
  [[nodiscard]] std::size_t size() const noexcept { return ranges.size(); }
};

/// Parameters that the caller knows: one set for every group, or one for all. They are stored as the scheme says.
struct given_parameters {
  std::span<const group_parameters> parameters;

  template <scheme_type Scheme>
  [[nodiscard]] group_parameters fit(std::size_t group, std::span<const float>, const Scheme&) const noexcept {
    return parameters[parameters.size() == 1 ? 0 : group];
  }
  [[nodiscard]] std::size_t size() const noexcept { return parameters.size(); }
};

/// An estimator that also wants the index of the group; `size()` is the number of groups it knows, or 1 for all.
template <class E, class Scheme>
concept indexed_estimator_for = requires(const E& e, std::span<const float> values, const Scheme& s, std::size_t group) {
  { e.fit(group, values, s) } -> std::same_as<group_parameters>;
  { e.size() } -> std::convertible_to<std::size_t>;
};

/// Anything that `quantize` takes as its estimator.
template <class E, class Scheme>
concept any_estimator_for = estimator_for<E, Scheme> || indexed_estimator_for<E, Scheme>;

}  // namespace halftone::inline v0_1
