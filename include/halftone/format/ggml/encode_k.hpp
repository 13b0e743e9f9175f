// SPDX-License-Identifier: MIT
// Halftone: how ggml encodes super-blocks: a search a group, integers for the scales, and codes against what was stored.
#pragma once

#include <halftone/format/ggml/encode_simple.hpp>
#include <halftone/format/ggml/search_levels.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml {

/// What differs between Q2_K, Q4_K and Q5_K.
struct minimum_format {
  float levels;                ///< largest code
  std::int32_t scale_levels;   ///< largest integer scale and minimum
  minimum_search plain;        ///< without importance
  bool weighs_by_magnitude;    ///< without importance errors count |x| times; else |x| plus the root of the mean square
  float mean_factor;           ///< with importance: how often the mean square of the block counts
  bool clamps;                 ///< with importance: whether integers beyond the largest saturate; else their high bits spill
};

namespace k_detail {

/// Sixteen groups of N, which belong to whole blocks, and what a search found for them.
template <std::size_t N>
struct searched_groups {
  group_columns<N> x, w, codes;
  alignas(64) float scales[lanes];
  alignas(64) float minima[lanes];  // subtracted: 0 or more
};

/// Mean squares of blocks, one a column: those of the block that a column's group belongs to.
template <std::size_t N>
[[nodiscard]] columns means_of_blocks(const float* x, std::size_t groups, float factor) noexcept {
  constexpr std::size_t groups_of_block = 256 / N;
  alignas(64) float means[lanes] = {};
  for (std::size_t g = 0; g < groups; g += groups_of_block) {
    const float mean = product(factor, sum_of_squares(x + g * N, 256)) / 256.0f;
    std::fill(means + g, means + g + groups_of_block, mean);
  }
  return columns::load(means);
}

/// Sums of the weights of each group, in order from 0.
template <std::size_t N>
void sum_weights(const group_columns<N>& w, float* sums) noexcept {
  columns sum = columns::zero();
  for (std::size_t i = 0; i < N; ++i) {
    sum = sum + w[i];
  }
  sum.store(sums);
}

/// Integers of positive numbers under the largest of them.
struct positive_integers {
  float scale = 0.0f;  // before it is stored
  float reciprocal = 0.0f;

  positive_integers(std::span<const float> x, float levels) noexcept {
    float largest = 0.0f;
    for (const float value : x) {
      largest = value > largest ? value : largest;
    }
    if (largest > 0.0f) {
      scale = largest / levels;
      reciprocal = levels / largest;
    }
  }
  /// The integer in a byte, as ggml casts it.
  [[nodiscard]] std::uint8_t of(float x) const noexcept {
    return static_cast<std::uint8_t>(nearest_integer(product(reciprocal, x)));
  }
};

/// Integers as the bytes of a block keep them. A negative scale, which sparse weights can lead to, wraps to a large integer.
template <std::size_t Groups>
void settle_integers(const minimum_format& format, bool weighted, block<256, Groups>& b) noexcept {
  if constexpr (Groups == 16) {  // a byte is the scale, or'ed with the minimum in the high nibble
    for (std::size_t j = 0; j < Groups; ++j) {
      const auto byte = static_cast<std::uint8_t>(b.scale_codes[j] | b.offset_codes[j] << 4);
      b.scale_codes[j] = byte & 15u;
      b.offset_codes[j] = static_cast<std::uint8_t>(byte >> 4);
    }
  } else {
    for (std::array<std::uint8_t, Groups>* codes : {&b.scale_codes, &b.offset_codes}) {
      for (std::size_t j = Groups; j-- > 0;) {
        std::uint8_t& code = (*codes)[j];
        if (!weighted || format.clamps) {
          code = std::min<std::uint8_t>(code, 63);
        } else if (j < 4) {
          code = code & 63u;
        } else {  // its high bits share two bits with what is above the first four
          code = static_cast<std::uint8_t>((code & 15u) | ((code >> 4 | (*codes)[j - 4] >> 6) & 3u) << 4);
        }
      }
    }
  }
}

}  // namespace k_detail

/// Encodes a row of super-blocks whose groups have scales and minima. write(i, block) stores block i.
template <std::size_t N, class Write>
void encode_minimum_row(const minimum_format& format, const float* x, const float* importance, std::size_t k,
                        const Write& write) noexcept {
  constexpr std::size_t groups_of_block = 256 / N;
  const minimum_search weighted{format.levels, -0.9f, 0.05f, 36, false};
  k_detail::searched_groups<N> s;
  for (std::size_t first = 0; first < k / N; first += lanes) {
    const std::size_t groups = std::min(lanes, k / N - first);
    const float* values = x + first * N;
    s.x.gather(values, groups);
    if (importance != nullptr) {
      s.w.gather(importance + first * N, groups);
      weigh(s.x, k_detail::means_of_blocks<N>(values, groups, format.mean_factor), s.w);
    } else {
      columns root = columns::zero();
      if (!format.weighs_by_magnitude) {
        for (std::size_t i = 0; i < N; ++i) {
          root = root + product(s.x[i], s.x[i]);
        }
        root = square_root(root / columns::broadcast(static_cast<float>(N)));
      }
      for (std::size_t i = 0; i < N; ++i) {
        s.w.set(i, root + magnitude(s.x[i]));
      }
    }
    const scale_and_minimum_columns found =
        search_scale_and_minimum(importance != nullptr ? weighted : format.plain, s.x, s.w, s.codes);
    found.scale.store(s.scales);
    (columns::zero() - found.minimum).store(s.minima);
    alignas(64) float sums[lanes];
    k_detail::sum_weights(s.w, sums);

    alignas(64) float stored_scales[lanes] = {};
    alignas(64) float stored_minima[lanes] = {};
    block<256, groups_of_block> blocks[lanes / groups_of_block];
    for (std::size_t g = 0; g < groups; g += groups_of_block) {
      block<256, groups_of_block>& b = blocks[g / groups_of_block];
      const std::span<const float> scales(s.scales + g, groups_of_block);
      const std::span<const float> minima(s.minima + g, groups_of_block);
      float minimum_scale;
      if (importance != nullptr) {
        const std::span<const float> weights(sums + g, groups_of_block);
        b.scale = search_positive_levels(format.scale_levels, scales, weights, b.scale_codes);
        minimum_scale = search_positive_levels(format.scale_levels, minima, weights, b.offset_codes);
      } else {
        const k_detail::positive_integers of_scales(scales, static_cast<float>(format.scale_levels));
        const k_detail::positive_integers of_minima(minima, static_cast<float>(format.scale_levels));
        for (std::size_t j = 0; j < groups_of_block; ++j) {
          b.scale_codes[j] = of_scales.of(scales[j]);
          b.offset_codes[j] = of_minima.of(minima[j]);
        }
        b.scale = of_scales.scale;
        minimum_scale = of_minima.scale;
      }
      b.scale = through_half(b.scale);
      b.offset = through_half(minimum_scale);
      k_detail::settle_integers(format, importance != nullptr, b);
      for (std::size_t j = 0; j < groups_of_block; ++j) {
        stored_scales[g + j] = product(b.scale, static_cast<float>(b.scale_codes[j]));
        stored_minima[g + j] = product(b.offset, static_cast<float>(b.offset_codes[j]));
      }
    }
    requantize(s.x, columns::load(stored_scales), columns::load(stored_minima), 0.0f, format.levels, s.codes);
    for (std::size_t g = 0; g < groups; ++g) {
      s.codes.scatter(g, blocks[g / groups_of_block].codes.data() + g % groups_of_block * N);
    }
    for (std::size_t g = 0; g < groups; g += groups_of_block) {
      write((first + g) / groups_of_block, blocks[g / groups_of_block]);
    }
  }
}

/// Integers -n..n-1 of the scales of a super-block under extreme / -n, where the extreme is not 0; the float is not stored yet.
template <std::size_t Groups>
void signed_integers(const float* scales, float extreme, std::int32_t n, block<256, Groups>& b) noexcept {
  const float reciprocal = static_cast<float>(-n) / extreme;
  b.scale = 1.0f / reciprocal;
  for (std::size_t j = 0; j < Groups; ++j) {
    b.scale_codes[j] = static_cast<std::uint8_t>(nearest_integer(product(reciprocal, scales[j]), -n, n - 1));
  }
}

/// The number of largest magnitude, with its sign; the first of several. Unlike `extreme_of`, for numbers that need not be
/// finite.
[[nodiscard]] inline float extreme_scale(std::span<const float> scales) noexcept {
  float extreme = 0.0f;
  for (const float scale : scales) {
    extreme = magnitude(scale) > magnitude(extreme) ? scale : extreme;
  }
  return extreme;
}

/// Encodes a row of super-blocks of sixteen groups of 16 with signed scales. write(i, block) stores block i, whose codes count
/// from -n and whose scale codes are two's complement.
/// @param search  search(i, s) finds s.scales and s.codes for the values s.x of block i
/// @param scales  scales(s, block) sets the integer scales and the float above them; false where all codes are 0, too
template <class Search, class Scales, class Write>
void encode_signed_row(float n, const float* x, std::size_t k, const Search& search, const Scales& scales,
                       const Write& write) noexcept {
  k_detail::searched_groups<16> s;
  block<256, 16> b;
  for (std::size_t i = 0; i < k / 256; ++i) {
    s.x.gather(x + i * 256, 16);
    search(i, s);
    if (!scales(s, b)) {
      write(i, block<256, 16>{});
      continue;
    }
    b.scale = through_half(b.scale);
    alignas(64) float stored[lanes];
    for (std::size_t j = 0; j < 16; ++j) {
      stored[j] = product(b.scale, static_cast<float>(static_cast<std::int8_t>(b.scale_codes[j])));
    }
    requantize(s.x, columns::load(stored), columns::zero(), -n, n - 1.0f, s.codes);
    for (std::size_t j = 0; j < 16; ++j) {
      s.codes.scatter(j, b.codes.data() + j * 16);
    }
    write(i, b);
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml
