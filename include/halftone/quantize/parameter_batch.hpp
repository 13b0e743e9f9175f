// SPDX-License-Identifier: MIT
// Halftone: parameters of up to 32 groups, chosen, checked and stored in lanes.
#pragma once

#include <halftone/tensor/quantized_matrix.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// What may be wrong with the values or the parameters of a batch, as bits.
inline constexpr unsigned not_finite = 1;    ///< a value is not finite, or a parameter not what `expects_parameters` wants
inline constexpr unsigned large_values = 2;  ///< a scaled value may be 2^30 or more in magnitude

/// Parameters of up to 32 groups, each kind by itself, so that compilers compute them in lanes: loops without branches
/// over arrays of their own, and one reduction at the end.
struct parameter_batch {
  static constexpr std::size_t size = 32;  // two registers or more: one computes while the other waits
  alignas(64) float low[size];
  alignas(64) float high[size];
  alignas(64) float scale[size];
  alignas(64) float offset[size];
  alignas(64) float factor[size];  ///< what values are scaled by
  alignas(64) std::int32_t zero_point[size];

  [[nodiscard]] HALFTONE_INLINE group_parameters of(std::size_t i) const noexcept {
    return {.scale = scale[i], .zero_point = zero_point[i], .offset = offset[i]};
  }

  /// Parameters of `count` groups from `group` on: chooses them from low and high, stores them and takes what was stored.
  /// @param alone  each group is the only one of a row
  /// @return       what is wrong
  template <class Scheme>
  [[nodiscard]] HALFTONE_INLINE unsigned fill(quantized_matrix<Scheme>& q, std::size_t group, std::size_t count,
                                              bool alone) noexcept {
    alignas(64) unsigned wrong[size];
    for_each(count, [&](std::size_t i) HALFTONE_INLINE_LAMBDA {
      const unsigned finite = finite_bit(low[i]) & finite_bit(high[i]);
      wrong[i] = 1 - finite;
      low[i] = chosen(finite != 0, low[i], 0.0f) + 0.0f;  // mappings are promised finite ranges, and no minus zero
      high[i] = chosen(finite != 0, high[i], 0.0f) + 0.0f;
    });
    for_each(count, [&](std::size_t i) HALFTONE_INLINE_LAMBDA {
      const group_parameters p = q.scheme().mapping.choose(range{low[i], high[i]}, q.scheme().element);
      scale[i] = p.scale;
      offset[i] = p.offset;
      zero_point[i] = p.zero_point;
    });
    for_each(count, [&](std::size_t i) HALFTONE_INLINE_LAMBDA {
      wrong[i] |= 1 - (finite_bit(scale[i]) & finite_bit(offset[i]));
      if constexpr (Scheme::has_zero_point) {
        using Element = typename Scheme::element_type;
        wrong[i] |= static_cast<unsigned>(zero_point[i] < Element::min) | static_cast<unsigned>(zero_point[i] > Element::max);
      }
    });
    store(q, group, count, alone);
    unsigned all = 0;
    for_each(count, [&](std::size_t i) HALFTONE_INLINE_LAMBDA {
      factor[i] = Scheme::scaling_type::factor_of(scale[i]);
      constexpr bool multiplies = std::is_same_v<typename Scheme::scaling_type, by_reciprocal>;  // elsewhere nobody asks
      const float multiplier = Scheme::has_scale && multiplies ? factor[i] : 1.0f;
      const float from = Scheme::has_offset ? offset[i] : 0.0f;
      // Values lie between 0 and the ends, and NaN is not small.
      const auto small = [&](float end) HALFTONE_INLINE_LAMBDA {
        return static_cast<unsigned>(magnitude((end - from) * multiplier) < 0x1p30f);
      };
      const unsigned all_small = small(low[i]) & small(high[i]) & (Scheme::has_offset ? small(0.0f) : 1u);
      all |= wrong[i] | (large_values - large_values * all_small);
    });
    return all;
  }

 private:
  /// Stores parameters, and puts what was stored in their place.
  template <class Scheme>
  HALFTONE_INLINE void store(quantized_matrix<Scheme>& q, std::size_t group, std::size_t count, bool alone) noexcept {
    if constexpr (Scheme::has_scale) {
      q.scale_plane().set_all(group, {scale, count});
    }
    if constexpr (Scheme::has_offset) {
      q.offset_plane().set_all(group, {offset, count});
    }
    if constexpr (Scheme::has_zero_point) {
      std::uint8_t codes[size];
      for_each(count, [&](std::size_t i) HALFTONE_INLINE_LAMBDA {
        codes[i] = static_cast<std::uint8_t>(Scheme::element_type::code_of(zero_point[i]));
      });
      if (alone) {
        for (std::size_t i = 0; i < count; ++i) {
          q.set_zero_points(group + i, {codes + i, 1});
        }
      } else {
        q.set_zero_points(group, {codes, count});
      }
    }
  }
  [[nodiscard]] HALFTONE_INLINE static unsigned finite_bit(float x) noexcept { return static_cast<unsigned>(is_finite(x)); }
  /// Loops of known length as long as there are lanes to fill.
  template <class Work>
  HALFTONE_INLINE static void for_each(std::size_t count, const Work& work) noexcept {
    constexpr std::size_t lanes = 16;
    std::size_t first = 0;
    count = std::min(count, size);  // known to callers, not to compilers
    for (; first + lanes <= count; first += lanes) {
#pragma GCC unroll 1  // unrolled loops are not computed in lanes
      for (std::size_t i = first; i < first + lanes; ++i) {
        work(i);
      }
    }
    for (; first < count; ++first) {
      work(first);
    }
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
