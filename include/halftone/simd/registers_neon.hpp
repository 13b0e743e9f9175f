// SPDX-License-Identifier: MIT
// Halftone: registers of Advanced SIMD on 64-bit Arm. Intrinsics only; what they mean is said in byte_line.hpp and
// columns_xsimd.hpp, which use them.
#pragma once

#include <halftone/element/float_storage.hpp>
#include <halftone/simd/xsimd.hpp>

#include <arm_neon.h>
#include <cstdint>
#include <cstring>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

struct neon_registers {
  using xsimd_arch = xsimd::neon64;
  using bytes = uint8x16_t;
  using floats = float32x4_t;

  HALFTONE_INLINE static void opaque(floats& v) noexcept { asm("" : "+w"(v)); }
  HALFTONE_INLINE static void opaque(bytes& v) noexcept { asm("" : "+w"(v)); }
  /// The register of int32 columns, and back.
  HALFTONE_INLINE static int32x4_t as_ints(bytes v) noexcept { return vreinterpretq_s32_u8(v); }
  HALFTONE_INLINE static bytes as_bytes(int32x4_t v) noexcept { return vreinterpretq_u8_s32(v); }

  HALFTONE_INLINE static bytes bits_of(floats v) noexcept { return vreinterpretq_u8_f32(v); }

  HALFTONE_INLINE static floats minimum(floats a, floats b) noexcept { return vbslq_f32(vcltq_f32(a, b), a, b); }
  HALFTONE_INLINE static floats maximum(floats a, floats b) noexcept { return vbslq_f32(vcgtq_f32(a, b), a, b); }
  HALFTONE_INLINE static floats quotient(floats a, floats b) noexcept { return vdivq_f32(a, b); }
  HALFTONE_INLINE static floats square_root(floats a) noexcept { return vsqrtq_f32(a); }
  /// The smallest and the largest lane, and whether every lane is 0.
  HALFTONE_INLINE static float lowest(floats v) noexcept { return vminvq_f32(v); }
  HALFTONE_INLINE static float highest(floats v) noexcept { return vmaxvq_f32(v); }
  HALFTONE_INLINE static bool all_zero(floats v) noexcept { return vminvq_u32(vceqzq_f32(v)) != 0; }
  HALFTONE_INLINE static floats power_of_two(floats n) noexcept {
    return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(vcvtq_s32_f32(n), vdupq_n_s32(127)), 23));
  }
  HALFTONE_INLINE static floats fused(floats a, floats b, floats c) noexcept { return vfmaq_f32(c, a, b); }

  HALFTONE_INLINE static bytes load(const std::uint8_t* at) noexcept { return vld1q_u8(at); }
  HALFTONE_INLINE static void store(std::uint8_t* at, bytes v) noexcept { vst1q_u8(at, v); }
  HALFTONE_INLINE static void store_sixteen(std::uint8_t* at, bytes v) noexcept { vst1q_u8(at, v); }
  HALFTONE_INLINE static bytes zero() noexcept { return vdupq_n_u8(0); }
  HALFTONE_INLINE static bytes set_8(unsigned v) noexcept { return vdupq_n_u8(static_cast<std::uint8_t>(v)); }
  HALFTONE_INLINE static bytes set_32(std::int32_t v) noexcept { return as_bytes(vdupq_n_s32(v)); }
  HALFTONE_INLINE static bytes both(bytes a, bytes b) noexcept { return vandq_u8(a, b); }
  HALFTONE_INLINE static bytes either(bytes a, bytes b) noexcept { return vorrq_u8(a, b); }
  template <int N>
  HALFTONE_INLINE static bytes right_16(bytes v) noexcept {
    return vreinterpretq_u8_u16(vshrq_n_u16(vreinterpretq_u16_u8(v), N));
  }
  template <int N>
  HALFTONE_INLINE static bytes left_16(bytes v) noexcept {
    return vreinterpretq_u8_u16(vshlq_n_u16(vreinterpretq_u16_u8(v), N));
  }
  template <int N>
  HALFTONE_INLINE static bytes left_32(bytes v) noexcept {
    return vreinterpretq_u8_u32(vshlq_n_u32(vreinterpretq_u32_u8(v), N));
  }
  template <int N>
  HALFTONE_INLINE static bytes right_32(bytes v) noexcept {
    return vreinterpretq_u8_u32(vshrq_n_u32(vreinterpretq_u32_u8(v), N));
  }
  template <int N>
  HALFTONE_INLINE static bytes signed_right_32(bytes v) noexcept { return as_bytes(vshrq_n_s32(as_ints(v), N)); }

  HALFTONE_INLINE static floats widen_bf16(const std::uint8_t* at) noexcept {
    const uint16x4_t half = vreinterpret_u16_u8(vld1_u8(at));
    return vreinterpretq_f32_u32(vshll_n_u16(half, 16));
  }
  HALFTONE_INLINE static floats widen_fp16(const binary16* at) noexcept {
    return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(reinterpret_cast<const std::uint16_t*>(at))));
  }
  /// How large a table one step looks up.
  static constexpr std::size_t look_up_entries = 64;
  /// table[byte], for bytes below Size.
  template <std::size_t Size>
  HALFTONE_INLINE static bytes look_up_bytes(const std::uint8_t* table, bytes at) noexcept {
    if constexpr (Size == 16) {
      return vqtbl1q_u8(vld1q_u8(table), at);
    } else if constexpr (Size == 32) {
      return vqtbl2q_u8(vld1q_u8_x2(table), at);
    } else {
      return vqtbl4q_u8(vld1q_u8_x4(table), at);
    }
  }
  template <bool Signed>
  HALFTONE_INLINE static bytes load_levels(const std::uint8_t* at) noexcept {
    std::uint32_t four;
    std::memcpy(&four, at, 4);
    const uint8x8_t v = vcreate_u8(four);
    if constexpr (Signed) {
      return as_bytes(vmovl_s16(vget_low_s16(vmovl_s8(vreinterpret_s8_u8(v)))));
    } else {
      return vreinterpretq_u8_u32(vmovl_u16(vget_low_u16(vmovl_u8(v))));
    }
  }
  template <bool Signed, class Parts>
  HALFTONE_INLINE static bytes narrow(const Parts& part) noexcept {
    const auto half = [&](int i) HALFTONE_INLINE_LAMBDA { return vmovn_s32(part[i]); };
    const int8x8_t low = vmovn_s16(vcombine_s16(half(0), half(1)));
    const int8x8_t high = vmovn_s16(vcombine_s16(half(2), half(3)));
    return vreinterpretq_u8_s8(vcombine_s8(low, high));
  }
  template <std::size_t Size>
  HALFTONE_INLINE static floats look_up(const float* table, bytes index) noexcept {
    const int32x4_t at = as_ints(index);
    const float four[4] = {table[vgetq_lane_s32(at, 0)], table[vgetq_lane_s32(at, 1)], table[vgetq_lane_s32(at, 2)],
                           table[vgetq_lane_s32(at, 3)]};
    return vld1q_f32(four);
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
