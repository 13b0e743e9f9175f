// SPDX-License-Identifier: MIT
// Mappings of the user's own whose real numbers round elsewhere than their equation says.
#pragma once

#include <halftone/scheme/asymmetric.hpp>

namespace own_real {

/// (level - zero) * scale with a float zero, in HQQ's order: the zero, the difference and the product are rounded, where
/// `fused(scale, level, offset)` rounds once. A constant group has no zero to take off: its offset is exact.
struct difference_first : halftone::float_offset {
  static std::string name() { return "difference_first"; }
  HALFTONE_INLINE static float real(float level, const halftone::group_parameters& p) noexcept {
    const float zero = -p.offset / p.scale;
    return halftone::is_finite(zero) ? halftone::product(level - zero, p.scale) : p.offset;
  }
};

/// level * scale - zero_point * scale: both products are rounded, and their difference is.
struct difference_last : halftone::asymmetric {
  static std::string name() { return "difference_last"; }
  HALFTONE_INLINE static float real(float level, const halftone::group_parameters& p) noexcept {
    return halftone::product(level, p.scale) - halftone::product(static_cast<float>(p.zero_point), p.scale);
  }
};

/// Not `real` as a scheme wants it: a double is no real number of a level.
struct real_in_double : halftone::asymmetric {
  static std::string name() { return "real_in_double"; }
  static double real(float level, const halftone::group_parameters&) noexcept { return static_cast<double>(level); }
};

}  // namespace own_real
