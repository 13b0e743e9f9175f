// SPDX-License-Identifier: MIT
// Halftone: which instruction sets this processor and its operating system run.
//
// The functions live in the namespace of the translation unit's own instruction set, like everything that computes: the
// copy that a program's baseline calls was compiled for the baseline.
#pragma once

#include <halftone/simd/arch.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

namespace halftone::inline v0_1 {

/// The instruction sets as values, in the order of what they can do.
enum class isa : std::uint8_t { portable, sse4_1, avx2, avx_vnni, avx512_bw, avx512_vnni, neon, neon_dotprod, neon_i8mm };

inline constexpr std::size_t isa_count = 9;

/// The name of an instruction set: that of its tag.
[[nodiscard]] HALFTONE_INLINE constexpr std::string_view name_of(isa which) noexcept {
  constexpr std::array<std::string_view, isa_count> names = {
      portable::name,  sse4_1::name,      avx2::name, avx_vnni::name,
      avx512_bw::name, avx512_vnni::name, neon::name, neon_dotprod::name, neon_i8mm::name};
  return names[static_cast<std::size_t>(which)];
}

/// The value of a tag.
template <class Arch>
[[nodiscard]] consteval isa isa_of() {
  std::size_t i = 0;
  while (name_of(static_cast<isa>(i)) != Arch::name) {
    ++i;
  }
  return static_cast<isa>(i);
}

/// A few instruction sets, best first.
struct isa_list {
  std::array<isa, isa_count> values{};
  std::size_t count = 0;

  constexpr HALFTONE_INLINE void add(isa which) noexcept { values[count++] = which; }
  [[nodiscard]] constexpr HALFTONE_INLINE std::span<const isa> all() const noexcept { return {values.data(), count}; }
  [[nodiscard]] constexpr HALFTONE_INLINE bool contains(isa which) const noexcept {
    for (std::size_t i = 0; i < count; ++i) {
      if (values[i] == which) {
        return true;
      }
    }
    return false;
  }
};

/// What an x86 processor says of itself.
struct x86_words {
  std::uint32_t leaf1_ecx = 0;    ///< CPUID leaf 1
  std::uint32_t leaf7_ebx = 0;    ///< CPUID leaf 7.0
  std::uint32_t leaf7_ecx = 0;
  std::uint32_t leaf7_1_eax = 0;  ///< CPUID leaf 7.1
  std::uint32_t xcr0 = 0;         ///< register states that the operating system saves; 0 without XGETBV
};

}  // namespace halftone::inline v0_1

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// The x86 instruction sets that all these words together allow. A processor's bit alone is not enough: a system that does
/// not save ymm or zmm registers loses them at the next switch of threads.
[[nodiscard]] HALFTONE_INLINE constexpr isa_list isas_of(const x86_words& w) noexcept {
  const auto has = [](std::uint32_t word, std::initializer_list<unsigned> bits) {
    for (const unsigned bit : bits) {
      if ((word >> bit & 1u) == 0) {
        return false;
      }
    }
    return true;
  };
  const bool sse = has(w.leaf1_ecx, {0, 9, 19});  // SSE3, SSSE3, SSE4.1
  const bool avx2_bits = sse && has(w.leaf1_ecx, {12, 20, 23, 27, 28, 29}) &&  // FMA, SSE4.2, POPCNT, OSXSAVE, AVX, F16C
                         has(w.leaf7_ebx, {5, 8}) && has(w.xcr0, {1, 2});      // AVX2, BMI2; xmm, ymm
  const bool avx512 = avx2_bits && has(w.leaf7_ebx, {16, 17, 28, 30, 31}) &&   // F, DQ, CD, BW, VL
                      has(w.xcr0, {5, 6, 7});                                  // mask registers, zmm
  isa_list list;
  if (avx512 && has(w.leaf7_ecx, {11})) {
    list.add(isa::avx512_vnni);
  }
  if (avx512) {
    list.add(isa::avx512_bw);
  }
  if (avx2_bits && has(w.leaf7_1_eax, {4})) {
    list.add(isa::avx_vnni);
  }
  if (avx2_bits) {
    list.add(isa::avx2);
  }
  if (sse) {
    list.add(isa::sse4_1);
  }
  list.add(isa::portable);
  return list;
}

/// The 64-bit Arm instruction sets that the kernel's AT_HWCAP and AT_HWCAP2 allow. Dot products come with the rest of Armv8.2.
[[nodiscard]] HALFTONE_INLINE constexpr isa_list isas_of_hwcap(unsigned long hwcap, unsigned long hwcap2) noexcept {
  constexpr unsigned long i8mm = 1ul << 13;
  constexpr unsigned long simd = 1ul << 1;
  constexpr unsigned long armv8_2_dot = 1ul << 7 | 1ul << 8 | 1ul << 12 | 1ul << 20;  // CRC32, atomics, RDM, dot products
  isa_list list;
  if ((hwcap & simd) != 0 && (hwcap & armv8_2_dot) == armv8_2_dot) {
    if ((hwcap2 & i8mm) != 0) {
      list.add(isa::neon_i8mm);
    }
    list.add(isa::neon_dotprod);
  }
  if ((hwcap & simd) != 0) {
    list.add(isa::neon);
  }
  list.add(isa::portable);
  return list;
}

/// Asks the processor. Where nobody knows how to, the portable kernels are what there is.
[[nodiscard]] HALFTONE_INLINE isa_list isas_of_this_processor() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  x86_words w;
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) != 0) {
    w.leaf1_ecx = c;
  }
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) != 0) {
    w.leaf7_ebx = b;
    w.leaf7_ecx = c;
    if (a >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0) {
      w.leaf7_1_eax = a;
    }
  }
  if ((w.leaf1_ecx >> 27 & 1u) != 0) {  // OSXSAVE: the instruction may be executed
    unsigned high = 0;
    asm volatile("xgetbv" : "=a"(w.xcr0), "=d"(high) : "c"(0));
  }
  return isas_of(w);
#elif defined(__aarch64__) && defined(__linux__)
  return isas_of_hwcap(getauxval(AT_HWCAP), getauxval(AT_HWCAP2));
#elif defined(__aarch64__)
  return isas_of_hwcap(1ul << 1, 0);
#else
  return isas_of_hwcap(0, 0);
#endif
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
