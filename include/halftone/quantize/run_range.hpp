// SPDX-License-Identifier: MIT
// Halftone: smallest and largest of a run of values, sixteen at a time.
#pragma once

#include <halftone/scheme/estimator.hpp>
#include <halftone/simd/simd.hpp>

#include <utility>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// The range of a run, and whether every value is finite (the range means nothing otherwise).
struct finite_range {
  range values;
  bool finite = true;
};

/// Tells, after any number of runs, whether all their values were finite: a sum of 0 * x, which a NaN or an infinity poisons.
template <class Arch>
class finite_check {
  using floats = float_columns<Arch>;

 public:
  template <std::size_t Chain>
  HALFTONE_INLINE void add(const floats& v) noexcept { chains_[Chain] = fused(v, floats::zero(), chains_[Chain]); }
  HALFTONE_INLINE void add(float v) noexcept { single_ += v - v; }
  [[nodiscard]] HALFTONE_INLINE bool finite() const noexcept {
    return (chains_[0] + chains_[1]).all_zero() && single_ == 0.0f;
  }

 private:
  floats chains_[2] = {floats::zero(), floats::zero()};  // two, because a step of one waits for the step before
  float single_ = 0.0f;
};

/// The smallest and the largest value of a run, somewhere among these columns.
template <class Arch>
struct extreme_columns {
  float_columns<Arch> low;
  float_columns<Arch> high;
};

/// What to look for: the smallest and the largest value, with a check that all are finite.
template <class Arch>
struct true_ends {
  static constexpr bool lose_infinities = true;
  using columns = float_columns<Arch>;
  [[nodiscard]] HALFTONE_INLINE static columns lower(const columns& a, const columns& b) noexcept { return minimum(a, b); }
  [[nodiscard]] HALFTONE_INLINE static columns higher(const columns& a, const columns& b) noexcept { return maximum(a, b); }
  template <class Batch>
  [[nodiscard]] HALFTONE_INLINE static Batch lower_lanes(const Batch& a, const Batch& b) noexcept {
    return native<Arch>::minimum(a, b);
  }
  template <class Batch>
  [[nodiscard]] HALFTONE_INLINE static Batch higher_lanes(const Batch& a, const Batch& b) noexcept {
    return native<Arch>::maximum(a, b);
  }
};

/// What will do for mappings that widen to zero: the lowest value below zero, or the highest where there is none; and the
/// other way round. A NaN or an infinity is one of them, wherever it is.
template <class Arch>
struct outer_ends {
  static constexpr bool lose_infinities = false;
  using columns = float_columns<Arch>;
  template <class Batch>
  [[nodiscard]] HALFTONE_INLINE static Batch lower_lanes(const Batch& a, const Batch& b) noexcept {
    return native<Arch>::farther_below(a, b);
  }
  template <class Batch>
  [[nodiscard]] HALFTONE_INLINE static Batch higher_lanes(const Batch& a, const Batch& b) noexcept {
    return native<Arch>::farther_above(a, b);
  }
  [[nodiscard]] HALFTONE_INLINE static columns lower(const columns& a, const columns& b) noexcept {
    return columns::each([&](auto i) HALFTONE_INLINE_LAMBDA { return lower_lanes(a.part[i], b.part[i]); });
  }
  [[nodiscard]] HALFTONE_INLINE static columns higher(const columns& a, const columns& b) noexcept {
    return columns::each([&](auto i) HALFTONE_INLINE_LAMBDA { return higher_lanes(a.part[i], b.part[i]); });
  }
};

/// Whether the leaf looks for ends in all lanes of several registers at once.
template <class Arch>
inline constexpr bool has_lanes_of_ends = requires {
  native<Arch>::farther_below(std::declval<typename native<Arch>::floats>(), std::declval<typename native<Arch>::floats>());
};

/// The cheapest ends that serve a mapping.
template <class Arch, class Mapping>
using ends_for = typename std::conditional_t<widens_to_zero<Mapping> && has_lanes_of_ends<Arch>,
                                             std::type_identity<outer_ends<Arch>>, std::type_identity<true_ends<Arch>>>::type;

/// @param count  at least 1
template <class Arch, class Ends = true_ends<Arch>>
[[nodiscard]] HALFTONE_INLINE extreme_columns<Arch> extremes_of_run(const float* x, std::size_t count,
                                                                    finite_check<Arch>& check) noexcept {
  using floats = float_columns<Arch>;
  if (count < panel_columns) {
    range r{x[0], x[0]};
    for (std::size_t i = 0; i < count; ++i) {
      r = {minimum(x[i], r.min), maximum(x[i], r.max)};
      check.add(x[i]);
    }
    return {floats::broadcast(r.min), floats::broadcast(r.max)};
  }
  floats low = floats::load(x);
  floats high = low;
  const auto take = [&](auto chain, const floats& v) HALFTONE_INLINE_LAMBDA {
    low = Ends::lower(v, low);
    high = Ends::higher(v, high);
    if constexpr (Ends::lose_infinities) {
      check.template add<chain>(v);
    }
  };
  constexpr std::integral_constant<std::size_t, 0> even{};
  constexpr std::integral_constant<std::size_t, 1> odd{};
  std::size_t i = 0;
  for (; i + 2 * panel_columns <= count; i += 2 * panel_columns) {
    fetch_values<Arch>(x + i);
    fetch_values<Arch>(x + i + panel_columns);
    take(even, floats::load(x + i));
    take(odd, floats::load(x + i + panel_columns));
  }
  if (i + panel_columns <= count) {
    take(even, floats::load(x + i));
    i += panel_columns;
  }
  if (i < count) {
    take(odd, floats::load(x + count - panel_columns));  // some of them again, which changes nothing
  }
  return {low, high};
}

/// Same result as `range_of`, or what will do for the mapping that Ends serve.
template <class Arch, class Ends = true_ends<Arch>>
[[nodiscard]] inline finite_range range_of_run(const float* x, std::size_t count) noexcept {
  if (count == 0) {
    return {};
  }
  finite_check<Arch> check;
  const extreme_columns<Arch> r = extremes_of_run<Arch, Ends>(x, count, check);
  if constexpr (!Ends::lose_infinities) {
    check.template add<0>(r.low);
    check.template add<1>(r.high);
  }
  // Signed zeros may come out either way; both give +0.
  return {.values = {r.low.lowest() + 0.0f, r.high.highest() + 0.0f}, .finite = check.finite()};
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
