// SPDX-License-Identifier: MIT
// Halftone: fp4 and fp8 as compressed-tensors writes them: values are the formats' own, codes of zeros are not.
#pragma once

#include <halftone/element/minifloat.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::compressed_tensors {

/// fp4, ties to even: minus zero is written as zero; a negative number that rounds to zero keeps its sign, code 8.
struct fp4_code : fp4_e2m1 {
  [[nodiscard]] static std::string name() { return "compressed_tensors_fp4_code"; }
  template <class Float>
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(Float x) noexcept {
    return fp4_e2m1::encode(x + Float{0});
  }
};

/// fp8 of the scales of NVFP4's blocks: 0.125 stands for zero, and for what rounds to it.
struct fp8_block_scale : fp8_e4m3fn {
  [[nodiscard]] static std::string name() { return "compressed_tensors_fp8_block_scale"; }
  template <class Float>
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(Float x) noexcept {
    const std::uint32_t code = fp8_e4m3fn::encode(x);
    return chosen((code & 127u) == 0, 0x20u, code);
  }
};

static_assert(table_element<fp4_code> && table_element<fp8_block_scale>);
static_assert(fp4_code::encode(-0.0f) == 0 && fp4_code::encode(-0.1f) == 8 && fp4_code::encode(0.75f) == 2);
static_assert(fp8_block_scale::encode(0.0f) == 0x20 && fp8_block_scale::encode(1e-9f) == 0x20 && fp8_block_scale::decode(0x20) == 0.125f);
static_assert(fp8_block_scale::encode(0x1p-9f) == 1);

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::compressed_tensors
