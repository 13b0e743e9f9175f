// SPDX-License-Identifier: MIT
// Halftone: HQQ: the offset for which errors are few rather than small: half-quadratic splitting of a norm below 1.
// Badri and Shaji, "Half-Quadratic Quantization of Large Machine Learning Models" (2023), mobiusml.github.io/hqq_blog.
#pragma once

#include <halftone/ptq/objective.hpp>
#include <halftone/ptq/power.hpp>

#include <algorithm>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq {

/// An estimator for schemes with an offset. The scale is the mapping's of the range; with r the real numbers of the codes,
///   e = sign(x - r) max(|x - r| - |x - r|^(norm - 1) / beta, 0),   offset = mean(x - e - scale level),   beta = beta * growth
/// at most `iterations` times, as long as mean |x - r| falls. Keeps the best by that mean, which is never above that of `min_max` as
/// stored. Errors are in units of the weights, as in HQQ's code.
/// Cost: iterations + 1 passes with a power a value.
struct hqq {
  float norm = 0.7f;
  float beta = 10.0f;
  float growth = 1.01f;
  unsigned iterations = 20;

  template <scheme_type Scheme>
    requires(Scheme::equation == equation::scaled_offset && scalar_element<typename Scheme::element_type> && !Scheme::has_own_real &&
             !Scheme::has_own_scaled)
  [[nodiscard]] group_parameters fit(std::span<const float> values, const Scheme& s) const noexcept {
    group_parameters p = as_stored(s.mapping.choose(range_of(values), s.element), values, s), best = p;
    double least = std::numeric_limits<double>::infinity();
    auto strength = static_cast<double>(beta);
    for (unsigned i = 0; i <= iterations && can_be_stored<Scheme>(p); ++i) {
      double errors = 0.0, sum = 0.0;
      const float factor = Scheme::factor_of(p);
      for (std::size_t j = 0; j < values.size(); ++j) {
        const float level = s.element.decode(encode_value(values[j], p, factor, s, j));
        const auto difference = static_cast<double>(values[j] - s.real(level, p));
        const double size = difference < 0.0 ? -difference : difference;
        const double kept = size == 0.0 ? 0.0 : size - power(size, static_cast<double>(norm) - 1.0) / strength;
        const double e = kept > 0.0 ? (difference < 0.0 ? -kept : kept) : 0.0;
        errors += size;
        sum += static_cast<double>(values[j]) - e - static_cast<double>(p.scale) * static_cast<double>(level);  // exact: two floats
      }
      if (!(errors < least)) {
        break;
      }
      least = errors;
      best = p;
      p.offset = static_cast<float>(sum / static_cast<double>(std::max<std::size_t>(values.size(), 1)));
      p = as_stored(p, values, s);
      strength *= static_cast<double>(growth);
    }
    return best;
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq
