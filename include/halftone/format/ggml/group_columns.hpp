// SPDX-License-Identifier: MIT
// Halftone: sixteen groups of N values side by side, one a column, so that a search runs on all of them at once.
//
// ggml's searches sum the values of a group in their order; sums of sixteen groups keep that order in every column.
#pragma once

#include <halftone/format/ggml/block.hpp>
#include <halftone/quantize/run_range.hpp>
#include <halftone/simd/search_columns.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml {

using columns = float_columns<default_arch>;
inline constexpr std::size_t lanes = panel_columns;

/// Whether no value is NaN or infinite: count is a multiple of 32.
[[nodiscard]] inline bool all_finite(const float* x, std::size_t count) noexcept {
  finite_check<default_arch> check;
  for (std::size_t i = 0; i < count; i += 2 * lanes) {
    check.add<0>(columns::load(x + i));
    check.add<1>(columns::load(x + i + lanes));
  }
  return check.finite();
}

/// Element i of sixteen groups at [i].
template <std::size_t N>
struct group_columns {
  alignas(64) float value[N][lanes];

  [[nodiscard]] HALFTONE_INLINE columns operator[](std::size_t i) const noexcept { return columns::load(value[i]); }
  HALFTONE_INLINE void set(std::size_t i, const columns& c) noexcept { c.store(value[i]); }

  /// From `groups` groups that follow each other; columns without a group are zero.
  void gather(const float* x, std::size_t groups) noexcept {
    for (std::size_t g = 0; g < groups; ++g) {
      for (std::size_t i = 0; i < N; ++i) {
        value[i][g] = x[g * N + i];
      }
    }
    for (std::size_t g = groups; g < lanes; ++g) {
      for (std::size_t i = 0; i < N; ++i) {
        value[i][g] = 0.0f;
      }
    }
  }

  /// The codes of one group, which are small integers from 0.
  HALFTONE_INLINE void scatter(std::size_t group, std::uint8_t* codes) const noexcept {
    for (std::size_t i = 0; i < N; ++i) {
      codes[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(value[i][group]));
    }
  }
};

/// Whether every column is below 2^22 in magnitude, so that the nearest integer is what a sum with 1.5 * 2^23 leaves.
[[nodiscard]] HALFTONE_INLINE bool all_small(const columns& v) noexcept {
  return where_greater(columns::broadcast(4194304.0f), magnitude(v), columns::zero(), columns::broadcast(1.0f)).all_zero();
}

/// `nearest_integer` of each column, clamped to low..high. Exact: for every float; else where `all_small`.
template <bool Exact>
[[nodiscard]] HALFTONE_INLINE columns nearest_levels(const columns& v, float low, float high) noexcept {
  if constexpr (Exact) {
    alignas(64) float each[lanes];
    v.store(each);
    for (float& x : each) {
      x = static_cast<float>(nearest_integer(x, static_cast<std::int32_t>(low), static_cast<std::int32_t>(high)));
    }
    return columns::load(each);
  } else {
    const columns magic = columns::broadcast(12582912.0f);
    return maximum(minimum((v + magic) - magic, columns::broadcast(high)), columns::broadcast(low));
  }
}

/// Smallest and largest value of each group.
struct column_range {
  columns low, high;
};
template <std::size_t N>
[[nodiscard]] HALFTONE_INLINE column_range range_of_groups(const group_columns<N>& x) noexcept {
  column_range r{x[0], x[0]};
  for (std::size_t i = 1; i < N; ++i) {
    r.low = minimum(x[i], r.low);
    r.high = maximum(x[i], r.high);
  }
  return r;
}

/// Codes against stored parameters, as ggml rounds them: clamp(nearest((x + minimum) / scale), low, high) - low. Groups
/// whose scale is 0 keep their codes.
template <std::size_t N>
void requantize(const group_columns<N>& x, const columns& scale, const columns& minimum_of, float low, float high,
                group_columns<N>& codes) noexcept {
  const auto run = [&]<bool Exact>() {
    for (std::size_t i = 0; i < N; ++i) {
      const columns code = nearest_levels<Exact>((x[i] + minimum_of) / scale, low, high) - columns::broadcast(low);
      // |scale| > 0 fails for NaN, too, which ggml divides by.
      codes.set(i, where_greater(columns::broadcast(0x1p-149f), magnitude(scale), codes[i], code));
    }
  };
  const column_range r = range_of_groups(x);
  const columns one = columns::broadcast(1.0f);
  const columns divisor = where_greater(columns::broadcast(0x1p-149f), magnitude(scale), one, scale);
  const columns lowest = where_greater(columns::broadcast(0x1p-149f), magnitude(scale), columns::zero(), r.low + minimum_of);
  const columns highest = where_greater(columns::broadcast(0x1p-149f), magnitude(scale), columns::zero(), r.high + minimum_of);
  if (all_small(lowest / divisor) && all_small(highest / divisor)) {
    run.template operator()<false>();
  } else {
    run.template operator()<true>();
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml
