// SPDX-License-Identifier: MIT
// Halftone: the only door to xsimd; tested with 8.1 and 13.2. Included by the leaves of instruction sets that xsimd serves.
#pragma once

#include <halftone/simd/arch.hpp>

#if __has_include(<xsimd/xsimd.hpp>)
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push  // GCC 12 warns about its own AVX-512 header (GCC bug 105593)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <xsimd/xsimd.hpp>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#else
#error "Halftone's kernels need xsimd (Debian: libxsimd-dev), or define HALFTONE_FORCE_PORTABLE for plain C++."
#endif

#if XSIMD_VERSION_MAJOR < 8 || (XSIMD_VERSION_MAJOR == 8 && XSIMD_VERSION_MINOR < 1)
#error "Halftone needs xsimd 8.1 or newer."
#endif
