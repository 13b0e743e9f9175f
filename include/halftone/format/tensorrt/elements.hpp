// SPDX-License-Identifier: MIT
// Halftone: ModelOpt's ways to write fp4 and fp8 codes, where they differ from the formats' own: values are the same, codes of zeros
// and of ties are not.
#pragma once

#include <halftone/element/minifloat.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::tensorrt {

/// fp4 of NVFP4: ties to even; minus zero is written as zero, and read as zero.
struct nvfp4_code : fp4_e2m1 {
  [[nodiscard]] static std::string name() { return "modelopt_nvfp4_code"; }
  template <class Float>
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(Float x) noexcept {
    return fp4_e2m1::encode(x + Float{0});
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr float decode(std::uint32_t code) noexcept { return fp4_e2m1::decode(code) + 0.0f; }
};

/// fp4 of MXFP4: ties toward zero, and every zero is written as minus zero (code 8); a negative number that rounds to zero, too.
struct mxfp4_code : fp4_e2m1 {
  [[nodiscard]] static std::string name() { return "modelopt_mxfp4_code"; }
  template <class Float>
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(Float x) noexcept {
    const Float a = chosen(x < Float{0}, -x, x);
    std::uint32_t code = 0;
    for (const float bound : {0.25f, 0.75f, 1.25f, 1.75f, 2.5f, 3.5f, 5.0f}) {
      code += chosen(a > static_cast<Float>(bound), 1u, 0u);
    }
    return code | chosen(x > Float{0}, 0u, 8u);
  }
};

/// fp8 e4m3 of the scales of NVFP4's blocks: kept in [2^-9, 448], where zero becomes 1.
struct nvfp4_block_scale : fp8_e4m3fn {
  static constexpr bool only_positive = true;
  [[nodiscard]] static std::string name() { return "modelopt_nvfp4_block_scale"; }
  template <class Float>
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(Float x) noexcept {
    const Float kept = chosen(x < Float{0x1p-9f}, Float{0x1p-9f}, x);
    return fp8_e4m3fn::encode(chosen(x == Float{0}, Float{1}, kept));
  }
};

static_assert(table_element<nvfp4_code> && table_element<mxfp4_code> && table_element<nvfp4_block_scale>);
static_assert(nvfp4_code::encode(-0.0f) == 0 && nvfp4_code::encode(-0.1f) == 8 && nvfp4_code::encode(0.75f) == 2);
static_assert(mxfp4_code::encode(0.0f) == 8 && mxfp4_code::encode(0.1f) == 0 && mxfp4_code::encode(0.75f) == 1);
static_assert(nvfp4_block_scale::encode(0.0f) == 0x38 && nvfp4_block_scale::encode(1e-9f) == 1);

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::tensorrt
