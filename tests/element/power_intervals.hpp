// SPDX-License-Identifier: MIT
// The power of two of every float, by the meaning of each rounding.
#pragma once

#include "element/code_intervals.hpp"

#include <halftone/element/exponent.hpp>

namespace power_intervals {

using code_intervals::key_above;
using code_intervals::key_from;
using code_intervals::key_of;

/// The codes of all floats: where they change.
inline code_intervals::intervals all_floats(halftone::power_rounding rounding) {
  code_intervals::intervals positive{{key_of(0.0f), 0}};
  for (std::uint32_t code = 1; code < 255; ++code) {
    const double power = std::ldexp(1.0, static_cast<int>(code) - 127);
    const double middle = rounding == halftone::power_rounding::floor                   ? power
                          : rounding == halftone::power_rounding::ceil || code == 1 ? power / 2
                                                                              : power * 0.75;
    const bool itself = rounding == halftone::power_rounding::floor || (rounding == halftone::power_rounding::nearest && code != 1);
    positive.push_back({itself ? key_from(middle) : key_above(middle), code});
  }
  positive.push_back({key_of(code_intervals::infinity) + 1, 255});
  code_intervals::intervals list{{0, 255}};
  for (std::size_t i = positive.size() - 1; i-- > 0;) {
    list.push_back({~(positive[i + 1].first - 1), positive[i].code});
  }
  list.insert(list.end(), positive.begin(), positive.end());
  return list;
}

}  // namespace power_intervals
