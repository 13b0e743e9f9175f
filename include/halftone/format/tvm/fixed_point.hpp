// SPDX-License-Identifier: MIT
// Halftone: TVM's fixed-point requantization, in both of its roundings.
#pragma once

#include <halftone/epilogue/fixed_point.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::tvm {

/// qnn.requantize with rounding UPWARD, and fixed_point_multiply: the exact product rounded once, ties up. What does not fit 32
/// bits saturates, where TVM drops its high bits.
using upward = single_rounding;

/// qnn.requantize with rounding TONEAREST: the exact product rounded once, ties away from zero. What does not fit 32 bits saturates.
struct to_nearest {
  [[nodiscard]] HALFTONE_INLINE static constexpr fixed_point_multiplier multiplier_of(double factor) noexcept {
    return single_rounding::multiplier_of(factor);
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::int32_t multiplied(std::int32_t x, fixed_point_multiplier m) noexcept {
    const std::int32_t right = 31 - m.shift;
    const std::int64_t exact_product = static_cast<std::int64_t>(x) * m.value;
    const std::int64_t half = (std::int64_t{1} << (right - 1)) - (exact_product < 0 ? 1 : 0);
    return static_cast<std::int32_t>(std::clamp<std::int64_t>((exact_product + half) >> right, std::numeric_limits<std::int32_t>::min(),
                                                              std::numeric_limits<std::int32_t>::max()));
  }
};

static_assert(fixed_point_rounding<to_nearest, std::int32_t>);
static_assert(to_nearest::multiplied(-2, {1 << 30, -1}) == -1 && upward::multiplied(-2, {1 << 30, -1}) == 0);

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::tvm
