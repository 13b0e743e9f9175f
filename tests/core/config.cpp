// SPDX-License-Identifier: MIT
// Halftone tests: the instruction-set namespace follows the flags of the translation unit.
#include <halftone/core/config.hpp>

#include <doctest/doctest.h>

#include <string_view>

#define HALFTONE_TEST_TEXT_OF(x) #x
#define HALFTONE_TEST_TEXT(x) HALFTONE_TEST_TEXT_OF(x)

TEST_CASE("the version is that of the inline namespace") {
  CHECK(HALFTONE_VERSION_MAJOR == 0);
  CHECK(HALFTONE_VERSION_MINOR == 1);
  CHECK(HALFTONE_VERSION_PATCH >= 0);
}

TEST_CASE("the instruction set's name says what the flags enable") {
  const std::string_view isa = HALFTONE_TEST_TEXT(HALFTONE_ISA);
  CHECK(isa.substr(0, 4) == "isa_");
#if defined(HALFTONE_FORCE_PORTABLE)
  CHECK(isa.find("portable") != std::string_view::npos);
#endif
#if defined(HALFTONE_ISA_AVX512_VNNI)
  CHECK(isa.substr(0, 15) == "isa_avx512_vnni");
#elif defined(HALFTONE_ISA_AVX512_BW)
  CHECK(isa.substr(0, 13) == "isa_avx512_bw");
#elif defined(HALFTONE_ISA_AVX_VNNI)
  CHECK(isa == "isa_avx_vnni");
#elif defined(HALFTONE_ISA_AVX2)
  CHECK(isa.substr(0, 8) == "isa_avx2");
#elif defined(HALFTONE_ISA_SSE4_1)
  CHECK(isa.substr(0, 10) == "isa_sse4_1");
#elif defined(HALFTONE_ISA_NEON) || defined(HALFTONE_ISA_NEON_DOTPROD) || defined(HALFTONE_ISA_NEON_I8MM)
  CHECK(isa.substr(0, 8) == "isa_neon");
#else
  CHECK(isa.substr(0, 12) == "isa_portable");
#endif
#if defined(HALFTONE_ISA_AVX512_VNNI) || defined(HALFTONE_ISA_AVX512_BW)
#if defined(__AVX512VBMI__)
  CHECK(isa.ends_with("_vbmi"));  // an object with vpermb shares no code with one without
#else
  CHECK(!isa.ends_with("_vbmi"));
#endif
#endif
#if defined(__FMA__)
  CHECK(HALFTONE_HAS_FMA == 1);
  CHECK(isa != "isa_portable");  // an object with fma shares no code with one without
#endif
}
