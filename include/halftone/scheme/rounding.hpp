// SPDX-License-Identifier: MIT
// Halftone: how a value between two levels of a uniform element is settled.
//
// Required: `name()` and `round(value, index)`: value is finite and below 2^22 in magnitude, index numbers the weights of
// the matrix row-major (only stochastic rounding looks at it); the result is an integer next to value, as a float.
// Law: round(i, index) == i for every integer i; round is monotonic for a fixed index.
#pragma once

#include <halftone/core/arithmetic.hpp>
#include <halftone/core/error.hpp>
#include <halftone/core/random.hpp>

#include <concepts>
#include <cstdint>
#include <string>

namespace halftone::inline v0_1 {

template <class R>
concept rounding_policy = std::copyable<R> && requires(const R& r, float value, std::uint64_t index) {
  { R::name() } -> std::convertible_to<std::string>;
  { r.round(value, index) } noexcept -> std::same_as<float>;
};

namespace detail {

/// The integer part, exact, for |x| < 2^31.
[[nodiscard]] HALFTONE_INLINE constexpr float integer_part(float x) noexcept {
  return static_cast<float>(static_cast<std::int32_t>(x));
}
[[nodiscard]] HALFTONE_INLINE constexpr float floor_of(float x) noexcept {
  const float whole = integer_part(x);
  return whole > x ? whole - 1.0f : whole;
}

}  // namespace detail

/// Nearest, ties to the even level: IEEE's default, ONNX, PyTorch, NumPy.
struct nearest_even {
  [[nodiscard]] static std::string name() { return "nearest_even"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr float round(float x, std::uint64_t) noexcept {
    constexpr float magic = 12582912.0f;  // 1.5 * 2^23
    return (x + magic) - magic;
  }
};

/// Nearest, ties away from zero: std::round, TFLite's Quantize.
struct nearest_away {
  [[nodiscard]] static std::string name() { return "nearest_away"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr float round(float x, std::uint64_t) noexcept {
    const float whole = detail::integer_part(x);
    const float rest = x - whole;  // exact
    return rest >= 0.5f ? whole + 1.0f : rest <= -0.5f ? whole - 1.0f : whole;
  }
};

/// Nearest, ties upward: floor(x + 1/2) without its rounding error. ggml Q4_0, TFLite's fixed point.
struct nearest_up {
  [[nodiscard]] static std::string name() { return "nearest_up"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr float round(float x, std::uint64_t) noexcept {
    const float whole = detail::floor_of(x);
    return x - whole >= 0.5f ? whole + 1.0f : whole;
  }
};

/// Toward zero.
struct truncate {
  [[nodiscard]] static std::string name() { return "truncate"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr float round(float x, std::uint64_t) noexcept {
    return detail::integer_part(x);
  }
};

/// Rounds the sum of scaled value and zero point instead of the scaled value: level = round(scaled + zero_point), the sum rounded
/// to float first. Which of two levels a tie gets then depends on the zero point. Sources: ONNX Runtime's quantizer of
/// MatMulNBits (with nearest_away), the reference evaluator of QLinearMatMul (with nearest_even).
template <rounding_policy Rounding>
struct with_zero_point {
  static constexpr bool rounds_sum = true;
  [[nodiscard]] static std::string name() { return detail::message("with_zero_point<", Rounding::name(), ">"); }
  [[nodiscard]] HALFTONE_INLINE static constexpr float round(float x, std::uint64_t index) noexcept {
    return Rounding{}.round(x, index);
  }
};

/// The zero point is added before the rounding.
template <class R>
inline constexpr bool rounds_sum_with_zero_point = requires { requires R::rounds_sum; };

/// Up with the probability of the fraction, else down; unbiased. A function of (Seed, index), so the same on every
/// machine and thread count. Source: Gupta et al., arXiv:1502.02551.
template <std::uint64_t Seed = 0>
struct stochastic {
  [[nodiscard]] static std::string name() { return detail::message("stochastic<", Seed, ">"); }
  [[nodiscard]] HALFTONE_INLINE static constexpr float round(float x, std::uint64_t index) noexcept {
    const float whole = detail::floor_of(x);
    return x - whole > random_unit(Seed, index) ? whole + 1.0f : whole;
  }
};

static_assert(nearest_even::round(0.5f, 0) == 0.0f && nearest_even::round(1.5f, 0) == 2.0f);
static_assert(nearest_away::round(-0.5f, 0) == -1.0f && nearest_away::round(0x1.fffffep-2f, 0) == 0.0f);
static_assert(nearest_up::round(-0.5f, 0) == 0.0f && truncate::round(-1.9f, 0) == -1.0f);

}  // namespace halftone::inline v0_1
