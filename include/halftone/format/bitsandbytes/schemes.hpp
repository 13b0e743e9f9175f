// SPDX-License-Identifier: MIT
// Halftone: the schemes of bitsandbytes: 4 bits in blocks, their nested maxima, and rows of int8.
#pragma once

#include <halftone/element/integer.hpp>
#include <halftone/format/bitsandbytes/elements.hpp>
#include <halftone/scheme/centered.hpp>
#include <halftone/scheme/flat_blocks.hpp>
#include <halftone/scheme/scheme.hpp>
#include <halftone/scheme/symmetric.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::bitsandbytes {

/// round(x * round(1 / max(scale, 1e-38))): a block of zeros stays zero, and maxima may be subnormal.
struct by_floored_reciprocal {
  [[nodiscard]] static std::string name() { return "bitsandbytes_by_floored_reciprocal"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr float factor_of(float scale) noexcept { return 1.0f / maximum(scale, 1e-38f); }
  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE static constexpr Lanes scaled(Lanes x, Lanes factor) noexcept {
    return product(x, factor);
  }
};

/// round(x * round(1 / scale)) whatever comes out: zeros of scale 0 are NaN, for elements that have a code for it.
struct by_bare_reciprocal {
  [[nodiscard]] static std::string name() { return "bitsandbytes_by_bare_reciprocal"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr float factor_of(float scale) noexcept { return 1.0f / scale; }
  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE static constexpr Lanes scaled(Lanes x, Lanes factor) noexcept {
    return product(x, factor);
  }
};

/// LLM.int8's rows: the scale that is kept, SCB, is max|w| itself.
///   code = round_even(w * ((1 / max) * 127)),   real = (code * max) * (1 / 127)      every operation rounds
/// A row of zeros has scale 0 and codes 0.
struct row_maximum {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  [[nodiscard]] static std::string name() { return "bitsandbytes_row_maximum"; }
  template <signed_element Element>
  [[nodiscard]] HALFTONE_INLINE static constexpr group_parameters choose(range r, const Element&) noexcept {
    return {.scale = maximum(magnitude(r.min), magnitude(r.max))};
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr float scaled(float x, const group_parameters& p, float) noexcept {
    return product(x, product(1.0f / chosen(p.scale == 0.0f, std::numeric_limits<float>::infinity(), p.scale), 127.0f));
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr float real(float level, const group_parameters& p) noexcept {
    return product(product(level, p.scale), 0x1.020408p-7f);
  }
};

/// The storage of nested maxima (compress_statistics): 8 bits of the dynamic map around their mean, in blocks of 256. The offset is
/// summed in double here, in float and in an order of the machine's there.
/// @tparam Element  dynamic8_on_grid: as the CPU library encodes; dynamic8: as the other backends do
template <class Element = dynamic8_on_grid>
using nested = quantized_again<scheme<Element, centered_on_mean, flat_blocks<256>, by_bare_reciprocal>>;

/// 4 bits in blocks of N weights of the flat matrix: 32, 64, 128, 256, 512, 1024, 2048 or 4096. Make codes with
/// `bitsandbytes::quantize`.
template <std::size_t N = 64>
using nf4_blocks = scheme<nf4, symmetric, flat_blocks<N>, by_floored_reciprocal>;
template <std::size_t N = 64>
using fp4_blocks = scheme<fp4, symmetric, flat_blocks<N>, by_floored_reciprocal>;
template <std::size_t N = 64, class Element = dynamic8_on_grid>
using nf4_nested = scheme<nf4, symmetric, flat_blocks<N>, by_floored_reciprocal, nested<Element>>;
template <std::size_t N = 64, class Element = dynamic8_on_grid>
using fp4_nested = scheme<fp4, symmetric, flat_blocks<N>, by_floored_reciprocal, nested<Element>>;

/// Weights of Linear8bitLt (LLM.int8): int8 rows under their maxima. Weights are rounded to fp16 before.
using int8_rows = scheme<int8, row_maximum, per_channel<0>>;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::bitsandbytes

namespace halftone::inline v0_1 {
template <>
inline constexpr bool positive_scale<bitsandbytes::row_maximum> = true;
template <>
inline constexpr bool widens_to_zero<bitsandbytes::row_maximum> = true;
}  // namespace halftone::inline v0_1
