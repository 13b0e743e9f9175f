// SPDX-License-Identifier: MIT
// Halftone: the parameters of a group of weights, and the equations that turn a level back into a real number.
#pragma once

#include <halftone/core/arithmetic.hpp>

#include <cstdint>

namespace halftone::inline v0_1 {

/// How a level (what a code decodes to) and a group's parameters give a real number.
enum class equation {
  level_only,         ///< level                          no parameters
  scaled,             ///< scale * level
  scaled_zero_point,  ///< scale * (level - zero_point)   integer zero point, exact difference
  scaled_offset,      ///< fused(scale, level, offset)    float offset
};

/// Parameters of one group. Only the members that the mapping's equation names are stored.
struct group_parameters {
  float scale = 1.0f;           ///< real per code step; any finite float, zero and negative included
  std::int32_t zero_point = 0;  ///< the level of real 0
  float offset = 0.0f;          ///< real added after scaling
  friend bool operator==(const group_parameters&, const group_parameters&) = default;
};

/// Smallest and largest value of a group.
struct range {
  float min = 0.0f;
  float max = 0.0f;
};

/// The real number of a level, rounded once.
template <equation Equation>
[[nodiscard]] HALFTONE_INLINE constexpr float real_of_level(float level, const group_parameters& p) noexcept {
  if constexpr (Equation == equation::level_only) {
    return level;
  } else if constexpr (Equation == equation::scaled) {
    return product(p.scale, level);
  } else if constexpr (Equation == equation::scaled_zero_point) {
    return product(p.scale, level - static_cast<float>(p.zero_point));
  } else {
    return fused(p.scale, level, p.offset);
  }
}

}  // namespace halftone::inline v0_1
