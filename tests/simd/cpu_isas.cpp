// SPDX-License-Identifier: MIT
// Halftone tests: what is read from processors, written down for some, and asked of this one.
#include <halftone/simd/cpu_isas.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace {

using halftone::isa;
using list = std::vector<isa>;

constexpr std::uint32_t bit(unsigned n) { return 1u << n; }

constexpr std::uint32_t nehalem = bit(0) | bit(9) | bit(19) | bit(20) | bit(23);
constexpr std::uint32_t haswell = nehalem | bit(12) | bit(27) | bit(28) | bit(29);
constexpr std::uint32_t haswell_7 = bit(3) | bit(5) | bit(8);
constexpr std::uint32_t skylake_7 = haswell_7 | bit(16) | bit(17) | bit(28) | bit(30) | bit(31);
constexpr std::uint32_t saves_ymm = 7;
constexpr std::uint32_t saves_zmm = saves_ymm | 0xe0;
constexpr std::uint32_t vnni = bit(11), avx_vnni = bit(4);

list of(std::uint32_t leaf1, std::uint32_t leaf7 = 0, std::uint32_t leaf7_c = 0, std::uint32_t leaf7_1 = 0,
        std::uint32_t xcr0 = 0) {
  const halftone::isa_list found = halftone::isas_of({leaf1, leaf7, leaf7_c, leaf7_1, xcr0});
  return {found.all().begin(), found.all().end()};
}

}  // namespace

TEST_CASE("names and tags are the same instruction sets in the same order") {
  CHECK(halftone::isa_of<halftone::portable>() == isa::portable);
  CHECK(halftone::isa_of<halftone::avx512_vnni>() == isa::avx512_vnni);
  CHECK(halftone::isa_of<halftone::neon_dotprod>() == isa::neon_dotprod);
  CHECK(halftone::isa_of<halftone::neon_i8mm>() == isa::neon_i8mm);
  for (std::size_t i = 0; i < halftone::isa_count; ++i) {
    CHECK_FALSE(halftone::name_of(static_cast<isa>(i)).empty());
  }
  CHECK(halftone::name_of(isa::sse4_1) == "sse4_1");
}

TEST_CASE("x86 processors have what all their words together say") {
  CHECK(of(0) == list{isa::portable});
  CHECK(of(nehalem & ~bit(9)) == list{isa::portable});  // SSE4.1 is used with SSSE3
  CHECK(of(nehalem) == list{isa::sse4_1, isa::portable});
  const list avx2{isa::avx2, isa::sse4_1, isa::portable};
  CHECK(of(haswell, haswell_7, 0, 0, saves_ymm) == avx2);
  CHECK(of(haswell, haswell_7, 0, avx_vnni, saves_ymm) == list{isa::avx_vnni, isa::avx2, isa::sse4_1, isa::portable});
  CHECK(of(haswell, skylake_7, 0, 0, saves_zmm) == list{isa::avx512_bw, isa::avx2, isa::sse4_1, isa::portable});
  CHECK(of(haswell, skylake_7, vnni, 0, saves_zmm) ==
        list{isa::avx512_vnni, isa::avx512_bw, isa::avx2, isa::sse4_1, isa::portable});
  CHECK(of(haswell, skylake_7, vnni, avx_vnni, saves_zmm) ==
        list{isa::avx512_vnni, isa::avx512_bw, isa::avx_vnni, isa::avx2, isa::sse4_1, isa::portable});
}

TEST_CASE("each bit is needed") {
  for (const unsigned n : {12u, 20u, 23u, 27u, 28u, 29u}) {
    CHECK(of(haswell & ~bit(n), haswell_7, 0, 0, saves_ymm) == list{isa::sse4_1, isa::portable});
  }
  for (const unsigned n : {5u, 8u}) {
    CHECK(of(haswell, haswell_7 & ~bit(n), 0, 0, saves_ymm) == list{isa::sse4_1, isa::portable});
  }
  for (const unsigned n : {16u, 17u, 28u, 30u, 31u}) {
    CHECK(of(haswell, skylake_7 & ~bit(n), vnni, 0, saves_zmm) == list{isa::avx2, isa::sse4_1, isa::portable});
  }
}

TEST_CASE("an operating system that does not save registers hides what uses them") {
  for (const std::uint32_t xcr0 : {0u, 1u, 3u, 5u}) {
    CHECK(of(haswell, skylake_7, vnni, avx_vnni, xcr0) == list{isa::sse4_1, isa::portable});
  }
  for (const unsigned n : {5u, 6u, 7u}) {
    CHECK(of(haswell, skylake_7, vnni, 0, saves_zmm & ~bit(n)) == list{isa::avx2, isa::sse4_1, isa::portable});
  }
}

TEST_CASE("64-bit Arm has what AT_HWCAP says") {
  const auto of_arm = [](unsigned long word, unsigned long second = 0) {
    const halftone::isa_list found = halftone::isas_of_hwcap(word, second);
    return list(found.all().begin(), found.all().end());
  };
  CHECK(of_arm(0) == list{isa::portable});
  CHECK(of_arm(0x2) == list{isa::neon, isa::portable});
  CHECK(of_arm(0x101182) == list{isa::neon_dotprod, isa::neon, isa::portable});  // CRC32, atomics, RDM, dot products
  CHECK(of_arm(0x101182, 1ul << 13) == list{isa::neon_i8mm, isa::neon_dotprod, isa::neon, isa::portable});
  CHECK(of_arm(0x101182, ~(1ul << 13)) == list{isa::neon_dotprod, isa::neon, isa::portable});
  CHECK(of_arm(0x2, 1ul << 13) == list{isa::neon, isa::portable});
  CHECK(of_arm(0x100002) == list{isa::neon, isa::portable});
}

TEST_CASE("this processor runs what this test was compiled for") {
  const halftone::isa_list found = halftone::isas_of_this_processor();
  CHECK(found.all().back() == isa::portable);
  CHECK(found.contains(halftone::isa_of<halftone::default_arch>()));
#if defined(__x86_64__) && defined(__GNUC__)
  CHECK(found.contains(isa::avx2) == (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                                      __builtin_cpu_supports("bmi2")));
  CHECK(found.contains(isa::sse4_1) == (__builtin_cpu_supports("sse4.1") != 0));
  CHECK(found.contains(isa::avx512_vnni) == (found.contains(isa::avx512_bw) && __builtin_cpu_supports("avx512vnni")));
#endif
}
