// SPDX-License-Identifier: MIT
// Halftone: how ggml encodes blocks of 32 weights. Codes are chosen against the scale in binary32, before it is stored.
#pragma once

#include <halftone/format/ggml/search_scale.hpp>
#include <halftone/format/ggml/search_scale_and_minimum.hpp>
#include <halftone/scheme/parameters.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml {

using simple_block = block<32, 1>;

/// The ends of a run of values, each the first of its equals: zeros of either sign are equal, and the first one's is kept.
[[nodiscard]] inline range ends_of(const float* x, std::size_t count) noexcept {
  columns low = columns::load(x);
  columns high = low;
  for (std::size_t i = lanes; i < count; i += lanes) {
    low = minimum(low, columns::load(x + i));
    high = maximum(high, columns::load(x + i));
  }
  range r{low.lowest(), high.highest()};
  if (r.min == 0.0f || r.max == 0.0f) {
    for (std::size_t i = count; i-- > 0;) {
      r = {x[i] == r.min ? x[i] : r.min, x[i] == r.max ? x[i] : r.max};
    }
  }
  return r;
}

/// The value of largest magnitude, with its sign; the first of several.
[[nodiscard]] inline float extreme_of(const float* x, std::size_t count) noexcept {
  const range r = ends_of(x, count);
  if (-r.min != r.max) {
    return -r.min > r.max ? r.min : r.max;
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (magnitude(x[i]) == r.max && r.max != 0.0f) {
      return x[i];
    }
  }
  return 0.0f;
}

/// Sixteen codes: the integer part of v, at most `largest`.
[[nodiscard]] HALFTONE_INLINE int_columns<default_arch> floors(const columns& v, float largest) noexcept {
  return integer_parts(maximum(minimum(v, columns::broadcast(largest)), columns::zero()));
}

/// Q4_0, Q5_0: scale = M / -2^(b-1), M the value of largest magnitude with its sign; code = floor(x / scale + 2^(b-1) + 1/2).
template <unsigned Bits>
[[nodiscard]] simple_block encode_symmetric_block(const float* x) noexcept {
  constexpr float half = static_cast<float>(1u << (Bits - 1));
  simple_block b;
  b.scale = extreme_of(x, 32) / -half;
  const columns reciprocal = columns::broadcast(reciprocal_or_zero(b.scale));
  for (std::size_t i = 0; i < 32; i += lanes) {
    const columns above = product(columns::load(x + i), reciprocal) + columns::broadcast(half + 0.5f);
    store_levels<false>(floors(above, 2.0f * half - 1.0f), b.codes.data() + i);
  }
  return b;
}

/// Q4_1, Q5_1: scale = (max - min) / (2^b - 1), offset = min; code = floor((x - min) / scale + 1/2).
template <unsigned Bits>
[[nodiscard]] simple_block encode_offset_block(const float* x) noexcept {
  constexpr float largest = static_cast<float>((1u << Bits) - 1);
  const range r = ends_of(x, 32);
  simple_block b;
  b.scale = r.max == r.min ? 0.0f : (r.max - r.min) / largest;
  b.offset = r.min;
  const columns reciprocal = columns::broadcast(reciprocal_or_zero(b.scale));
  for (std::size_t i = 0; i < 32; i += lanes) {
    const columns above = columns::load(x + i) - columns::broadcast(r.min);
    store_levels<false>(floors(product(above, reciprocal) + columns::broadcast(0.5f), largest), b.codes.data() + i);
  }
  return b;
}

/// Sixteen levels: nearest, ties away from zero, of numbers up to 127.
[[nodiscard]] HALFTONE_INLINE int_columns<default_arch> nearest_away_levels(const columns& v) noexcept {
  // The largest float below 1/2: a sum with it passes the next integer only from 1/2 on.
  return integer_parts(v + with_sign_of(v, 0x1.fffffep-2f));
}
HALFTONE_INLINE void store_nearest_away(const columns& v, std::uint8_t* codes) noexcept {
  const columns inside = maximum(minimum(v, columns::broadcast(127.0f)), columns::broadcast(-127.0f));
  store_levels<true>(nearest_away_levels(inside), codes);
}

/// Q8_0, Q8_1: scale = largest magnitude / 127; level = nearest(x / scale), ties away from zero.
/// @return the scale in binary32
inline float encode_bytes_block(const float* x, std::uint8_t* codes) noexcept {
  const columns first = columns::load(x);
  const columns second = columns::load(x + lanes);
  const float scale = maximum(magnitude(first), magnitude(second)).highest() / 127.0f;
  const columns reciprocal = columns::broadcast(reciprocal_or_zero(scale));
  store_nearest_away(product(first, reciprocal), codes);
  store_nearest_away(product(second, reciprocal), codes + lanes);
  return scale;
}

/// Sum of squares, in order.
[[nodiscard]] inline float sum_of_squares(const float* x, std::size_t count) noexcept {
  float sum = 0.0f;
  for (std::size_t i = 0; i < count; ++i) {
    sum += product(x[i], x[i]);
  }
  return sum;
}

/// importance * sqrt(mean + x^2): what ggml weighs squared errors with. The mean belongs to columns, one a group.
template <std::size_t N>
void weigh(const group_columns<N>& x, const columns& mean, group_columns<N>& importance) noexcept {
  for (std::size_t i = 0; i < N; ++i) {
    importance.set(i, product(importance[i], square_root(mean + product(x[i], x[i]))));
  }
}

/// Calls search(x, w, groups) for sixteen blocks of 32 at a time and write(i, block) for what it stores.
template <class Search, class Write>
void search_blocks(const float* x, const float* importance, std::size_t k, const Search& search, const Write& write) noexcept {
  const float mean = sum_of_squares(x, k) / static_cast<float>(k);
  group_columns<32> values, weights, codes;
  for (std::size_t first = 0; first < k / 32; first += lanes) {
    const std::size_t groups = std::min(lanes, k / 32 - first);
    values.gather(x + first * 32, groups);
    weights.gather(importance + first * 32, groups);
    weigh(values, columns::broadcast(mean), weights);
    alignas(64) float scales[lanes];
    alignas(64) float offsets[lanes] = {};
    search(values, weights, codes, scales, offsets);
    for (std::size_t g = 0; g < groups; ++g) {
      simple_block b;
      b.scale = scales[g];
      b.offset = offsets[g];
      codes.scatter(g, b.codes.data());
      write(first + g, b);
    }
  }
}

/// Q4_0, Q5_0 with importance.
template <unsigned Bits, class Write>
void search_symmetric_blocks(const float* x, const float* importance, std::size_t k, const Write& write) noexcept {
  search_blocks(x, importance, k,
                [](const group_columns<32>& values, const group_columns<32>& weights, group_columns<32>& codes, float* scales,
                   float*) {
                  search_scale<false>(static_cast<float>(1u << (Bits - 1)), values, weights, codes).store(scales);
                },
                write);
}

/// Q4_1, Q5_1 with importance.
template <unsigned Bits, class Write>
void search_offset_blocks(const float* x, const float* importance, std::size_t k, const Write& write) noexcept {
  constexpr minimum_search search{static_cast<float>((1u << Bits) - 1), -0.9f, 0.05f, 36, false};
  search_blocks(x, importance, k,
                [&](const group_columns<32>& values, const group_columns<32>& weights, group_columns<32>& codes,
                    float* scales, float* offsets) {
                  const scale_and_minimum_columns found = search_scale_and_minimum(search, values, weights, codes);
                  found.scale.store(scales);
                  found.minimum.store(offsets);
                },
                write);
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml
