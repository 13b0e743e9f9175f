// SPDX-License-Identifier: MIT
// Halftone example: floats that were quantized once, in another scheme without a loss. The library's `transcode` does that for two
// schemes that are known when it is compiled; here the source is anything that tells its scales, so that one function for each target
// is enough. What it finds is proven by comparing the floats.
#pragma once

#include "row_reader.hpp"

#include <halftone/quantize/dequantize_row.hpp>
#include <halftone/quantize/quantize.hpp>

#include <cmath>
#include <optional>
#include <vector>

namespace convert {

/// The steps in which the weights of one group lie: weight = scale * n + offset.
struct group_steps {
  bool seen = false;
  bool whole = true;  ///< every n is an integer; otherwise some are halves
  float scale = 0.0f;
  float offset = 0.0f;
  float low = 0.0f;  ///< the least n, 0 or below
  float high = 0.0f;

  /// @return whether the weight has the parameters of those before
  bool add(float weight, const halftone::group_parameters& p) {
    if (!seen) {
      seen = true;
      scale = p.scale;
      offset = p.offset;
    } else if (scale != p.scale || offset != p.offset) {
      return false;
    }
    const float n = scale == 0.0f ? 0.0f : std::round(2.0f * (weight - offset) / scale) / 2.0f;
    whole = whole && n == std::round(n);
    low = std::min(low, n);
    high = std::max(high, n);
    return true;
  }
};

/// Parameters of To for weights in such steps; none where To has none. @param positive  scales of To are
template <class To>
[[nodiscard]] std::optional<halftone::group_parameters> parameters_for(group_steps s, bool positive) {
  using Element = typename To::element_type;
  if constexpr (!halftone::uniform_element<Element>) {
    return s.offset == 0.0f ? std::optional<halftone::group_parameters>({.scale = s.scale}) : std::nullopt;
  } else {
    if (!s.whole) {
      s.scale *= 0.5f;
      s.low *= 2.0f;
      s.high *= 2.0f;
    }
    constexpr auto least = static_cast<float>(Element::min), most = static_cast<float>(Element::max);
    constexpr float half = Element::min == 0 ? static_cast<float>(1u << (Element::bits - 1)) : 0.0f;
    if constexpr (To::has_offset) {
      const float shift = s.low < least ? half : 0.0f;
      return halftone::group_parameters{.scale = s.scale, .offset = s.offset - shift * s.scale};
    } else {
      if (s.offset != 0.0f) {  // a whole number of steps may be a part of n
        const float steps = s.scale == 0.0f ? 0.0f : s.offset / s.scale;
        if (steps != std::round(steps)) {
          return std::nullopt;
        }
        s.low = std::min(0.0f, s.low + steps);
        s.high = std::max(0.0f, s.high + steps);
      }
      if (s.scale < 0.0f && (positive || s.low < least || s.high > most)) {
        s.scale = -s.scale;
        s.low = -std::exchange(s.high, -s.low);
      }
      if constexpr (To::has_zero_point) {
        const bool fits = s.low + half >= least && s.high + half <= most;
        const float zero = fits ? half : std::max(least, std::min(least - s.low, most));
        return halftone::group_parameters{.scale = s.scale, .zero_point = static_cast<std::int32_t>(zero)};
      } else {
        if (s.high > most && !positive) {
          s.scale = -s.scale;
        }
        return halftone::group_parameters{.scale = s.scale};
      }
    }
  }
}

/// Puts weights into q, if q can hold every one of them. @return whether it does; else q is unspecified
/// @param source  whose rows from `first` on these are
template <class To>
[[nodiscard]] bool hold_exactly(halftone::matrix_view<const float> w, const row_reader& source, std::size_t first,
                                halftone::quantized_matrix<To>& q) {
  if constexpr (!To::has_scale || To::has_own_real) {
    return false;
  } else {
    if (!source.parameters) {
      return false;
    }
    std::vector<group_steps> steps(q.group_count());
    for (std::size_t row = 0; row < w.rows(); ++row) {
      halftone::group_parameters p;
      for (std::size_t k = 0; k < w.cols(); ++k) {
        if (k % source.run == 0) {
          p = source.parameters(first + row, k);
        }
        if (!steps[q.group_of(row, k)].add(w(row, k), p)) {
          return false;
        }
      }
    }
    std::vector<halftone::group_parameters> chosen;
    for (const group_steps& each : steps) {
      const auto p = parameters_for<To>(each, halftone::positive_scale<typename To::mapping_type> ||
                                                  halftone::detail::stores_only_positive<typename To::scale_storage>);
      if (!p) {
        return false;
      }
      chosen.push_back(*p);
    }
    q.clear_zero_points();
    halftone::reference::store_parameters(q, chosen, []<class Nested>(halftone::matrix_view<const float> plane, const Nested& s) {
      return halftone::quantize<Nested>(plane, halftone::min_max{}, s);
    });
    std::vector<float> values(w.cols());
    for (std::size_t row = 0; row < w.rows(); ++row) {
      halftone::encode_row(w, row, q);
      halftone::row_values(q, row, std::span<float>(values));
      if (!std::equal(values.begin(), values.end(), w.row_data(row))) {
        return false;
      }
    }
    return true;
  }
}

}  // namespace convert
