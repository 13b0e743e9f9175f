// SPDX-License-Identifier: MIT
// Halftone: the schemes of TVM's relax operators and of MLC's group quantization.
#pragma once

#include <halftone/element/float_storage.hpp>
#include <halftone/element/integer.hpp>
#include <halftone/scheme/asymmetric.hpp>
#include <halftone/scheme/scheme.hpp>
#include <halftone/scheme/symmetric.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::tvm {

/// relax.quantize and relax.dequantize: code = clamp(round_even(x / scale) + zero_point), real = scale * (code - zero_point).
/// Parameters are the model's: `given_parameters`. Axis 0 and 1 are per_channel<0> and per_channel<1>.
template <uniform_element Element, class Granularity = per_tensor>
using quantized = scheme<Element, asymmetric, Granularity, by_division>;

/// round(x / scale), rounded to fp16 again: a division of fp16 numbers.
struct by_half_division {
  [[nodiscard]] static std::string name() { return "by_half_division"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr float factor_of(float scale) noexcept { return by_division::factor_of(scale); }
  [[nodiscard]] HALFTONE_INLINE static constexpr float scaled(float x, float factor) noexcept {
    return fp16::decode(fp16::encode(x / factor));
  }
};

/// round_even(x + Added) - Added, the sum an fp16 number: a code is rounded after its middle was added. With an odd middle ties
/// go to odd levels.
template <int Added>
struct half_after_adding {
  [[nodiscard]] static std::string name() { return detail::message("half_after_adding<", Added, ">"); }
  [[nodiscard]] HALFTONE_INLINE static constexpr float round(float x, std::uint64_t index) noexcept {
    const float sum = fp16::decode(fp16::encode(x + static_cast<float>(Added)));
    return nearest_even::round(sum, index) - static_cast<float>(Added);
  }
};

/// MLC's group quantization q4f16_1 and q3f16_1 of fp16 weights, all in fp16: scale = max|w| / m with m = 2^(b-1) - 1,
/// code = clamp(round_even(w / scale + m), 0, 2m), real = (code - m) * scale. Levels here are codes - m; `dequantize` gives floats,
/// which MLC rounds to fp16. A group of zeros has scale 0 and codes m (MLC: NaN, and what its cast makes of it).
using q4f16_1 = scheme<int4_narrow, symmetric, per_group<32>, half_after_adding<7>, by_half_division, stored_as<fp16>>;
using q3f16_1 = scheme<int3_narrow, symmetric, per_group<40>, half_after_adding<3>, by_half_division, stored_as<fp16>>;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::tvm
