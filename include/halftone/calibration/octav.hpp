// SPDX-License-Identifier: MIT
// Halftone: OCTAV: the clipping with the least squared error, by a fixed point.
//
// Sakr et al., Optimal Clipping and Magnitude-aware Differentiation for Improved Quantization-aware Training, 2022 (arXiv:2206.06501).
#pragma once

#include <halftone/calibration/searched.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// The range -s..s (0..s where no value is below zero) with nearly the least
///   J(s) = c s^2 #{0 < |x| <= s} + sum over |x| > s of (|x| - s)^2,     c = 4^-bits / 3 (4^-bits / 12),
/// uniform noise of 2^bits steps within, and what is cut off. From s = the mean of |x| that are not 0,
///   s <- sum over |x| > s of |x| / (c #{0 < |x| <= s} + #{|x| > s})
/// until s stays or after `iterations`. the published fixed point leaves out that J grows by c s^2 for
/// each value that s passes: of a bell it is within 0.5 % of the least J at 2 bits, 0.1 % from 3 bits on. Sums are in double, bins in order; magnitudes are the middles of bins of width 2^-10.
struct octav {
  unsigned bits = 8;
  unsigned iterations = 100;

  [[nodiscard]] range operator()(const value_counts& values) const {
    expects(bits >= 1 && bits <= 16, "octav: ", bits, " bits");
    const std::vector<counted_bin> bins = values.bins();
    const bool one_sided = values.ends().min >= 0.0f;
    double s = next(bins, 0.0, 0.0);
    for (unsigned i = 0; i < iterations; ++i) {
      const double moved = next(bins, s, noise(one_sided));
      if (moved == s) {
        break;
      }
      s = moved;
    }
    const auto end = static_cast<float>(s);
    return {one_sided ? 0.0f : maximum(-end, values.ends().min), minimum(end, values.ends().max)};
  }
  /// c
  [[nodiscard]] double noise(bool one_sided) const noexcept {
    return 1.0 / (static_cast<double>(std::uint64_t{1} << (2 * bits)) * (one_sided ? 12.0 : 3.0));
  }
  /// The next s; s where nothing lies beyond it.
  [[nodiscard]] static double next(std::span<const counted_bin> bins, double s, double c) {
    double sum = 0.0, within = 0.0, beyond = 0.0;
    for (const counted_bin& b : bins) {
      const auto x = static_cast<double>(magnitude(b.value()));
      const auto n = static_cast<double>(b.count);
      if (x > s) {
        sum += product(x, n);
        beyond += n;
      } else if (x > 0.0) {
        within += n;
      }
    }
    return beyond == 0.0 ? s : sum / (product(c, within) + beyond);
  }
};

using octav_observer = searched_observer<value_counts, octav>;
static_assert(observer<octav_observer>);

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
