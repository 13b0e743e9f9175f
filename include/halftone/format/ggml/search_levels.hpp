// SPDX-License-Identifier: MIT
// Halftone: ggml's searches that improve one level at a time: its make_qp for the scales and minima of a super-block, and its
// make_q3. A step depends on the one before it, so they run on one group at a time.
#pragma once

#include <halftone/format/ggml/block.hpp>

#include <algorithm>
#include <span>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml {

/// Sums of a least-squares scale: sum(w x l) and sum(w l^2).
struct level_sums {
  float products = 0.0f;
  float squares = 0.0f;

  void add(float w, float x, float level) noexcept {
    products += product(product(w, x), level);
    squares += product(product(w, level), level);
  }
  [[nodiscard]] level_sums without(float w, float x, float level) const noexcept {
    return {products - product(product(w, x), level), squares - product(product(w, level), level)};
  }
  /// Whether these explain more than `other`: sum(w x l)^2 / sum(w l^2), without division.
  [[nodiscard]] bool better_than(const level_sums& other) const noexcept {
    return product(product(products, products), other.squares) > product(product(other.products, other.products), squares);
  }
  [[nodiscard]] float scale() const noexcept { return squares > 0.0f ? products / squares : 0.0f; }
};

/// Up to five passes over the levels of a group; each gets the level that is best against the others' scale if that explains
/// more. A pass that changes nothing is the last.
/// @param needs_squares  whether a level is left alone where the others are all 0
template <class Level>
void improve_levels(std::span<const float> x, std::span<const float> w, std::int32_t low, std::int32_t high, bool needs_squares,
                    std::span<Level> levels, level_sums& sums) noexcept {
  for (int pass = 0; pass < 5; ++pass) {
    bool changed = false;
    for (std::size_t i = 0; i < x.size(); ++i) {
      level_sums others = sums.without(w[i], x[i], static_cast<float>(levels[i]));
      if (!(others.products > 0.0f) || (needs_squares && !(others.squares > 0.0f))) {
        continue;
      }
      const std::int32_t level = nearest_integer(product(x[i], others.squares) / others.products, low, high);
      if (level == static_cast<std::int32_t>(levels[i])) {
        continue;
      }
      others.add(w[i], x[i], static_cast<float>(level));
      if ((needs_squares || others.squares > 0.0f) && others.better_than(sums)) {
        levels[i] = static_cast<Level>(level);
        sums = others;
        changed = true;
      }
    }
    if (!changed) {
      return;
    }
  }
}

/// Levels 0..n of nonnegative numbers x, and their scale. The candidate of nine reciprocals (n + t/10) / max, t = 0 first, that
/// has the least weighted squared error gives the levels, which are then improved one at a time.
[[nodiscard]] inline float search_positive_levels(std::int32_t n, std::span<const float> x, std::span<const float> w,
                                                  std::span<std::uint8_t> levels) noexcept {
  constexpr std::int32_t unbounded = std::numeric_limits<std::int32_t>::min();
  float largest = 0.0f;
  for (const float value : x) {
    largest = largest > value ? largest : value;  // a NaN stays, as in ggml
  }
  if (largest < 1e-15f) {
    std::fill(levels.begin(), levels.end(), std::uint8_t{0});
    return 0.0f;
  }
  const auto error_of = [&](float reciprocal, auto&& level_of) {
    const float scale = 1.0f / reciprocal;
    float error = 0.0f;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const float difference = x[i] - product(scale, static_cast<float>(level_of(product(reciprocal, x[i]))));
      error += product(product(w[i], difference), difference);
    }
    return error;
  };
  float best = static_cast<float>(n) / largest;
  float least = error_of(best, [](float v) { return static_cast<std::uint8_t>(nearest_integer(v)); });
  for (int t = -4; t <= 4; ++t) {
    if (t == 0) {
      continue;
    }
    const float reciprocal = (product(0.1f, static_cast<float>(t)) + static_cast<float>(n)) / largest;
    const float error = error_of(reciprocal, [n](float v) { return nearest_integer(v, unbounded, n); });
    if (error < least) {
      least = error;
      best = reciprocal;
    }
  }
  level_sums sums;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::int32_t level = nearest_integer(product(best, x[i]), unbounded, n);
    levels[i] = static_cast<std::uint8_t>(level);
    sums.add(w[i], x[i], static_cast<float>(level));
  }
  improve_levels(x, w, unbounded, n, true, levels, sums);
  return sums.scale();
}

/// Levels -n..n-1 of a group and their scale, errors weighted by x^2: those of the signed extreme, improved one at a time. The
/// code of a level is level + n; a group whose magnitudes are below 1e-15 has scale 0 and codes 0.
template <std::size_t N>
[[nodiscard]] float search_signed_levels(std::int32_t n, std::span<const float, N> x,
                                         std::span<std::uint8_t, N> codes) noexcept {
  float extreme = 0.0f;
  for (const float value : x) {
    extreme = magnitude(value) > magnitude(extreme) ? value : extreme;
  }
  if (magnitude(extreme) < 1e-15f) {
    std::fill(codes.begin(), codes.end(), std::uint8_t{0});
    return 0.0f;
  }
  const float reciprocal = static_cast<float>(-n) / extreme;
  std::array<float, N> w;
  std::array<std::int8_t, N> levels;
  level_sums sums;
  for (std::size_t i = 0; i < N; ++i) {
    w[i] = product(x[i], x[i]);
    levels[i] = static_cast<std::int8_t>(nearest_integer(product(reciprocal, x[i]), -n, n - 1));
    sums.add(w[i], x[i], static_cast<float>(levels[i]));
  }
  improve_levels(std::span<const float>(x), std::span<const float>(w), -n, n - 1, false, std::span<std::int8_t>(levels), sums);
  for (std::size_t i = 0; i < N; ++i) {
    codes[i] = static_cast<std::uint8_t>(levels[i] + n);
  }
  return sums.scale();
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml
