// SPDX-License-Identifier: MIT
// Halftone: alternating least squares: codes for parameters, parameters for codes, until nothing changes.
// Lloyd's two steps (IEEE Trans. Inform. Theory 28, 1982) for levels that a scale and an offset place.
#pragma once

#include <halftone/ptq/objective.hpp>

#include <algorithm>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq {

/// An estimator. Starts from the group's range with each end shrunk by 0, 1, ... `starts` - 1 times `step`, all pairs of ends, or as many
/// finer steps of both ends where there is only a scale; from each, rounds and solves
///   scale                  sum of importance (x - scale level)^2 least: scale = sum x level / sum level^2; both signs, if the mapping has both
///   scale and offset       the two normal equations; a zero point is -offset / scale, rounded to a level, and the scale is solved again
/// at most `iterations` times, and keeps the parameters with the least error as they will be stored. Never worse than `min_max`, which
/// is tried first. Where a mapping computes real numbers or codes its own way, the starts are all that is tried.
/// Cost: about 200 passes over a group: a million weights a second and core.
struct least_squares {
  unsigned starts = 5;
  float step = 0.1f;
  unsigned iterations = 12;

  template <scheme_type Scheme>
    requires scalar_element<typename Scheme::element_type>
  [[nodiscard]] group_parameters fit(std::span<const float> values, const Scheme& s) const noexcept {
    return fit(values, std::span<const float>(), s);
  }

  /// @param importance  one for each value, none below 0 (all 0 count as 1); or none at all
  template <scheme_type Scheme>
    requires scalar_element<typename Scheme::element_type>
  [[nodiscard]] group_parameters fit(std::span<const float> values, std::span<const float> importance, const Scheme& s) const noexcept {
    if (std::ranges::all_of(importance, [](float x) { return x == 0.0f; })) {
      importance = {};
    }
    best_parameters<Scheme> tried(values, importance, s);
    const range whole = range_of(values);
    const group_parameters plain = s.mapping.choose(whole, s.element);
    group_parameters first = plain;
    tried.attempt(first);
    if constexpr (Scheme::has_scale) {
      const auto start = [&](float low, float high) {
        return s.mapping.choose({product(whole.min, low), product(whole.max, high)}, s.element);
      };
      for (unsigned i = 0; i < starts * starts; ++i) {
        if constexpr (Scheme::equation == equation::scaled) {
          const float shrunk = fused(-static_cast<float>(i), step / static_cast<float>(starts), 1.0f);
          group_parameters p = start(shrunk, shrunk);
          descend(p, values, importance, s, tried);
          if constexpr (!positive_scale<typename Scheme::mapping_type>) {
            p.scale = -p.scale;
            descend(p, values, importance, s, tried);
          }
        } else {
          descend(start(fused(-static_cast<float>(i / starts), step, 1.0f), fused(-static_cast<float>(i % starts), step, 1.0f)), values,
                  importance, s, tried);
        }
      }
    }
    return tried.least() < std::numeric_limits<double>::infinity() ? tried.best() : plain;
  }

 private:
  template <class Scheme>
  void descend(group_parameters p, std::span<const float> values, std::span<const float> importance, const Scheme& s,
               best_parameters<Scheme>& tried) const noexcept {
    for (unsigned i = 0; i <= iterations; ++i) {
      const group_parameters before = p;
      if (!tried.attempt(p)) {
        return;
      }
      if constexpr (Scheme::has_own_real || Scheme::has_own_scaled) {
        return;
      } else if (!solve(p, values, importance, s) || p == before) {
        return;
      }
    }
  }

  /// Parameters for the codes that p gives. False where no codes differ from zero, or from each other.
  template <class Scheme>
  [[nodiscard]] static bool solve(group_parameters& p, std::span<const float> values, std::span<const float> importance,
                                  const Scheme& s) noexcept {
    const float factor = Scheme::factor_of(p);
    double w = 0.0, wx = 0.0, wl = 0.0, wxl = 0.0, wll = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto x = static_cast<double>(values[i]);
      const auto l = static_cast<double>(s.element.decode(encode_value(values[i], p, factor, s, i)));
      const double weight = importance.empty() ? 1.0 : static_cast<double>(importance[i]);
      w += weight;
      wx += product(weight, x);
      wl += product(weight, l);
      wxl += product(weight, x * l);  // exact inside: two floats
      wll += product(weight, l * l);
    }
    if constexpr (Scheme::equation == equation::scaled) {
      p.scale = static_cast<float>(wxl / wll);
      return wll > 0.0;
    } else {
      const double determinant = product(w, wll) - product(wl, wl);
      if (!(determinant > 0.0)) {
        return false;
      }
      const double scale = (product(w, wxl) - product(wx, wl)) / determinant;
      const double offset = (wx - product(scale, wl)) / w;
      if constexpr (Scheme::has_offset) {
        p.scale = static_cast<float>(scale);
        p.offset = static_cast<float>(offset);
      } else {
        using Element = typename Scheme::element_type;
        if (!(scale > 0.0)) {
          return false;
        }
        p.zero_point = halftone::detail::clamp_level(halftone::detail::nearest_even(std::clamp(-offset / scale, -1e9, 1e9)), Element::min,
                                                     Element::max);
        const auto zero = static_cast<double>(p.zero_point);
        const double squares = wll - product(2.0 * zero, wl) + product(product(zero, zero), w);
        p.scale = static_cast<float>((wxl - product(zero, wx)) / squares);
        return squares > 0.0;
      }
      return true;
    }
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq
