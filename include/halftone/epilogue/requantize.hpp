// SPDX-License-Identifier: MIT
// Halftone: the stage that turns outputs into 8-bit codes.
#pragma once

#include <halftone/element/float_storage.hpp>
#include <halftone/epilogue/stage.hpp>

#include <limits>

namespace halftone::inline v0_1 {

/// level = clamp(round_even(v * (1 / scale)) + zero_point); the value is clamped before it is rounded, NaN gives the zero
/// point. Must be the last stage; the output is a view of Byte. Source: XNNPACK's and FBGEMM's float requantization.
template <class Byte>
  requires(std::same_as<Byte, std::int8_t> || std::same_as<Byte, std::uint8_t>)
struct requantize {
  float scale = 1.0f;
  std::int32_t zero_point = 0;

  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE Lanes apply(Lanes value, const tile_position&) const noexcept {
    using make = lanes<Lanes>;
    constexpr std::int32_t low = std::numeric_limits<Byte>::min();
    constexpr std::int32_t high = std::numeric_limits<Byte>::max();
    Lanes scaled = product(value, make::broadcast(reciprocal_of_scale(scale)));
    scaled = zero_if_nan(scaled);
    scaled = maximum(scaled, make::broadcast(static_cast<float>(low - zero_point)));
    scaled = minimum(scaled, make::broadcast(static_cast<float>(high - zero_point)));
    return round_even(scaled) + make::broadcast(static_cast<float>(zero_point));
  }

  void expects_shape(matrix_shape) const {
    expects(is_finite(scale) && scale != 0.0f, "gemm: requantize has scale ", scale, "; it must be finite and not zero");
    expects(zero_point >= std::numeric_limits<Byte>::min() && zero_point <= std::numeric_limits<Byte>::max(),
            "gemm: requantize has zero point ", zero_point, ", outside ", int{std::numeric_limits<Byte>::min()}, "..",
            int{std::numeric_limits<Byte>::max()});
  }
};

}  // namespace halftone::inline v0_1
