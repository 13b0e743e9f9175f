// SPDX-License-Identifier: MIT
// Halftone: long sums with one result on every machine: sixteen lanes, then a fixed tree.
#pragma once

#include <halftone/core/config.hpp>

#include <cstddef>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Sum of a sequence: term i goes to lane i % 16, terms of a lane in order; lanes are added 8 apart, then 4, 2 and 1.
/// However many terms an instruction set adds at once, this is the sum.
struct lane_sums {
  static constexpr std::size_t count = 16;
  double lane[count] = {};

  HALFTONE_INLINE void add(std::size_t i, double term) noexcept { lane[i % count] += term; }

  [[nodiscard]] HALFTONE_INLINE double total() const noexcept {
    double sum[count];
    for (std::size_t j = 0; j < count; ++j) {
      sum[j] = lane[j];
    }
    for (std::size_t apart = count / 2; apart > 0; apart /= 2) {
      for (std::size_t j = 0; j < apart; ++j) {
        sum[j] += sum[j + apart];
      }
    }
    return sum[0];
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
