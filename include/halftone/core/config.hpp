// SPDX-License-Identifier: MIT
// Halftone: version, instruction-set namespace and the few macros of the library.
//
// Names live in `halftone::inline v0_1`. What computes lives one level deeper, in an inline namespace that is named
// after the instruction set of the translation unit, so that objects compiled with different flags never share code.
#pragma once

#define HALFTONE_VERSION_MAJOR 0
#define HALFTONE_VERSION_MINOR 1
#define HALFTONE_VERSION_PATCH 0

#if !defined(__cplusplus) || __cplusplus < 202002L
#error "Halftone needs C++20: compile with -std=c++20 or newer."
#endif

#if (defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)) && \
    !defined(HALFTONE_ALLOW_FAST_MATH)
#error "Halftone promises exact results, which -ffast-math breaks: compile without it, or define HALFTONE_ALLOW_FAST_MATH."
#endif

// Which instruction set the kernels of this translation unit use: the best that its flags allow. Define
// HALFTONE_FORCE_PORTABLE for plain C++. The namespace also tells apart flags that change what compilers make of the rest.
#if !defined(HALFTONE_FORCE_PORTABLE) && defined(__AVX512F__) && defined(__AVX512CD__) && defined(__AVX512BW__) && \
    defined(__AVX512DQ__) && defined(__AVX512VL__)
#if defined(__AVX512VNNI__)
#define HALFTONE_ISA_AVX512_VNNI 1
#if defined(__AVX512VBMI__)
#define HALFTONE_FLAGS_ISA isa_avx512_vnni_vbmi
#else
#define HALFTONE_FLAGS_ISA isa_avx512_vnni
#endif
#else
#define HALFTONE_ISA_AVX512_BW 1
#if defined(__AVX512VBMI__)
#define HALFTONE_FLAGS_ISA isa_avx512_bw_vbmi
#else
#define HALFTONE_FLAGS_ISA isa_avx512_bw
#endif
#endif
#elif !defined(HALFTONE_FORCE_PORTABLE) && defined(__AVX2__) && defined(__FMA__)
#if defined(__AVXVNNI__)
#define HALFTONE_ISA_AVX_VNNI 1
#if defined(__F16C__)
#define HALFTONE_FLAGS_ISA isa_avx_vnni
#else
#define HALFTONE_FLAGS_ISA isa_avx_vnni_without_f16c
#endif
#else
#define HALFTONE_ISA_AVX2 1
#if defined(__AVX512F__)
#define HALFTONE_FLAGS_ISA isa_avx2_avx512f
#elif defined(__F16C__)
#define HALFTONE_FLAGS_ISA isa_avx2
#else
#define HALFTONE_FLAGS_ISA isa_avx2_without_f16c
#endif
#endif
#elif !defined(HALFTONE_FORCE_PORTABLE) && defined(__SSE4_1__)
#define HALFTONE_ISA_SSE4_1 1
#if defined(__FMA__)
#define HALFTONE_FLAGS_ISA isa_sse4_1_fma
#elif defined(__AVX__)
#define HALFTONE_FLAGS_ISA isa_sse4_1_avx
#else
#define HALFTONE_FLAGS_ISA isa_sse4_1
#endif
#elif !defined(HALFTONE_FORCE_PORTABLE) && defined(__aarch64__) && defined(__ARM_NEON) && \
    defined(__ARM_FEATURE_DOTPROD) && defined(__ARM_FEATURE_MATMUL_INT8)
#define HALFTONE_ISA_NEON_I8MM 1
#define HALFTONE_FLAGS_ISA isa_neon_i8mm
#elif !defined(HALFTONE_FORCE_PORTABLE) && defined(__aarch64__) && defined(__ARM_NEON) && defined(__ARM_FEATURE_DOTPROD)
#define HALFTONE_ISA_NEON_DOTPROD 1
#define HALFTONE_FLAGS_ISA isa_neon_dotprod
#elif !defined(HALFTONE_FORCE_PORTABLE) && defined(__aarch64__) && defined(__ARM_NEON)
#define HALFTONE_ISA_NEON 1
#define HALFTONE_FLAGS_ISA isa_neon
#elif defined(__AVX512F__)
#define HALFTONE_FLAGS_ISA isa_portable_avx512
#elif defined(__FMA__)
#define HALFTONE_FLAGS_ISA isa_portable_fma
#elif defined(__AVX__)
#define HALFTONE_FLAGS_ISA isa_portable_avx
#else
#define HALFTONE_FLAGS_ISA isa_portable
#endif

// Constants of kernels that were measured on a machine (docs/tuning.md). They have a name of their own, which is a part of
// the namespace: objects with other constants are other code.
#if defined(HALFTONE_TUNED_HEADER)
#include HALFTONE_TUNED_HEADER
#if !defined(HALFTONE_TUNED_NAME)
#error "HALFTONE_TUNED_HEADER must name a header that defines HALFTONE_TUNED_NAME, as benchmarks/tune.sh writes it."
#endif
#define HALFTONE_JOIN_2_(isa, name) isa##_tuned_##name
#define HALFTONE_JOIN_(isa, name) HALFTONE_JOIN_2_(isa, name)
#define HALFTONE_ISA HALFTONE_JOIN_(HALFTONE_FLAGS_ISA, HALFTONE_TUNED_NAME)
#else
#define HALFTONE_ISA HALFTONE_FLAGS_ISA
#endif

// 1 where the flags give a fused multiply-add instruction; otherwise `fused` is an exact emulation.
#if defined(__FMA__) || defined(__aarch64__)
#define HALFTONE_HAS_FMA 1
#else
#define HALFTONE_HAS_FMA 0
#endif

// Small functions of policies and primitives: inlined even at -O0, so that no object exports a copy of them.
#if defined(__GNUC__)
#define HALFTONE_INLINE inline __attribute__((always_inline))
#elif defined(_MSC_VER)
#define HALFTONE_INLINE __forceinline
#else
#define HALFTONE_INLINE inline
#endif

// What only runs when something is wrong: out of the way of the rest, and compiled for size.
#if defined(__GNUC__)
#define HALFTONE_COLD __attribute__((noinline, cold))
#else
#define HALFTONE_COLD
#endif

// The same for a lambda, after its parameters.
#if defined(__GNUC__)
#define HALFTONE_INLINE_LAMBDA __attribute__((always_inline))
#else
#define HALFTONE_INLINE_LAMBDA
#endif
