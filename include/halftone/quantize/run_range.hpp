// SPDX-License-Identifier: MIT
// Halftone: smallest and largest of a run of values, sixteen at a time.
#pragma once

#include <halftone/scheme/estimator.hpp>
#include <halftone/simd/simd.hpp>

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

/// @param count  at least 1
template <class Arch>
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
  const auto take = [&](auto chain, floats v) HALFTONE_INLINE_LAMBDA {
    low = minimum(v, low);
    high = maximum(v, high);
    check.template add<chain>(v);
  };
  constexpr std::integral_constant<std::size_t, 0> even{};
  constexpr std::integral_constant<std::size_t, 1> odd{};
  std::size_t i = 0;
  for (; i + 2 * panel_columns <= count; i += 2 * panel_columns) {
    fetch(x + i + values_ahead);
    fetch(x + i + values_ahead + panel_columns);
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

/// Same result as `range_of`.
template <class Arch>
[[nodiscard]] inline finite_range range_of_run(const float* x, std::size_t count) noexcept {
  if (count == 0) {
    return {};
  }
  finite_check<Arch> check;
  const extreme_columns<Arch> r = extremes_of_run<Arch>(x, count, check);
  // Signed zeros may come out either way; both give +0.
  return {.values = {r.low.lowest() + 0.0f, r.high.highest() + 0.0f}, .finite = check.finite()};
}

/// Smallest and largest of up to sixteen runs: on some instruction sets, eight runs at once.
template <class Arch>
class extremes_of_runs {
  static constexpr bool by_eight = requires { typename native<Arch>::smaller; };
  static constexpr std::size_t width = [] {
    if constexpr (by_eight) {
      return float_columns<Arch>::width;
    } else {
      return std::size_t{1};
    }
  }();

 public:
  static constexpr std::size_t size = 16;

  HALFTONE_INLINE void set(std::size_t run, const extreme_columns<Arch>& e) noexcept {
    if constexpr (by_eight) {
      e.low.lowest_lanes().store_unaligned(low_[run]);
      e.high.highest_lanes().store_unaligned(high_[run]);
    } else {
      low_[run][0] = e.low.lowest();
      high_[run][0] = e.high.highest();
    }
  }
  /// Writes the extremes of the first `count` runs.
  HALFTONE_INLINE void finish(std::size_t count, float* low, float* high) const noexcept {
    std::size_t run = 0;
    if constexpr (by_eight) {
      using lanes = native<Arch>;
      for (; run + 8 <= count; run += 8) {
        lanes::store_eight(low + run, eight<typename lanes::smaller>(low_[run]));
        lanes::store_eight(high + run, eight<typename lanes::larger>(high_[run]));
      }
    }
    for (; run < count; ++run) {
      low[run] = low_[run][0];
      high[run] = high_[run][0];
      for (std::size_t i = 1; i < width; ++i) {
        low[run] = minimum(low_[run][i], low[run]);
        high[run] = maximum(high_[run][i], high[run]);
      }
    }
  }

 private:
  template <class Which>
  [[nodiscard]] HALFTONE_INLINE static auto eight(const float* rows) noexcept {
    if constexpr (width == 8) {
      return native<Arch>::template of_eight<Which>(rows, width);
    } else {
      return Which::of(native<Arch>::template of_eight<Which>(rows, width),
                       native<Arch>::template of_eight<Which>(rows + 8, width));
    }
  }

  alignas(64) float low_[size][width];
  alignas(64) float high_[size][width];
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
