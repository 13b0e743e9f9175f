// SPDX-License-Identifier: MIT
// Halftone: how a value is scaled by its group's scale before it becomes a code.
//
// Required: `name()`, `factor_of(scale)`: what a group's values are scaled by, computed once a group, and
// `scaled(x, factor)`, for a float and for lanes of floats (which have product, +, -, and /).
// Law: scaled(x, factor_of(scale)) is x / scale up to a few roundings; zero where x is zero, and for scale 0. It decides codes at
// ties only: two systems with other policies differ there.
#pragma once

#include <halftone/core/arithmetic.hpp>

#include <concepts>
#include <limits>
#include <string>

namespace halftone::inline v0_1 {

template <class S>
concept scaling_policy = std::copyable<S> && requires(float x, float factor) {
  { S::name() } -> std::convertible_to<std::string>;
  { S::factor_of(x) } noexcept -> std::same_as<float>;
  { S::scaled(x, factor) } noexcept -> std::same_as<float>;
};

/// round(x * round(1 / scale)): PyTorch, ggml, bitsandbytes, and the default. Zero for scales below the smallest normal float,
/// whose reciprocal may be infinite.
struct by_reciprocal {
  [[nodiscard]] static std::string name() { return "by_reciprocal"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr float factor_of(float scale) noexcept { return reciprocal_of_scale(scale); }
  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE static constexpr Lanes scaled(Lanes x, Lanes factor) noexcept {
    return product(x, factor);
  }
};

/// round(x / scale): ONNX, TFLite, TensorRT, TVM, GPTQ, AWQ. A division for each value; scales may be subnormal.
struct by_division {
  [[nodiscard]] static std::string name() { return "by_division"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr float factor_of(float scale) noexcept {
    return chosen(scale == 0.0f, std::numeric_limits<float>::infinity(), scale);
  }
  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE static constexpr Lanes scaled(Lanes x, Lanes factor) noexcept {
    return x / factor;
  }
};

// 127.5 by its reciprocal, and just below: FBGEMM's own example of a code that differs.
static_assert(by_reciprocal::scaled(0.273939937f, by_reciprocal::factor_of(0.00214854861f)) == 127.5f);
static_assert(by_division::scaled(0.273939937f, by_division::factor_of(0.00214854861f)) < 127.5f);

}  // namespace halftone::inline v0_1
