// SPDX-License-Identifier: MIT
// Halftone benchmarks: exact ways to multiply a line of codes with a quad of activations, as roofs run them.
//
//   leaf_sequence<Bits>  the one of the instruction set's leaf: what the kernels do
//   sign_sequence        int8 where bytes are multiplied in pairs: |w| * sign(a, w), for activations in -127 ... 127
//
// Both have weights prepared from a line, activations, sums, and how many quads a sum holds before it is widened.
#pragma once

#include <halftone/simd/simd.hpp>

#include <cstdint>

namespace halftone_benchmark {

using halftone::default_arch;
using line = halftone::byte_line<default_arch>;
using columns = halftone::int_columns<default_arch>;

template <unsigned Bits>
struct leaf_sequence {
  using dots = halftone::dot<default_arch, Bits>;
  using sum = typename dots::sum;
  static constexpr std::size_t quads_per_sum = dots::quads_per_sum;
  static constexpr std::size_t last_step = dots::steps - 1;

  /// One line for each step of a use: the leaf may take the four products of a quad in two steps.
  struct weights {
    typename dots::weights first, last;
  };
  struct activations {
    typename dots::quad first, last;
  };

  HALFTONE_INLINE static weights prepare(const line& l) noexcept {
    return {dots::template prepared<0>(l), dots::template prepared<last_step>(l)};
  }
  HALFTONE_INLINE static activations load(const std::uint8_t* at) noexcept {
    return {dots::template broadcast<0>(at), dots::template broadcast<last_step>(at)};
  }
  HALFTONE_INLINE static void opaque(activations& a) noexcept {
    dots::opaque(a.first);
    if constexpr (last_step != 0) {
      dots::opaque(a.last);
    }
  }
  HALFTONE_INLINE static sum zero() noexcept { return dots::zero(); }
  HALFTONE_INLINE static void add(sum& s, const weights& w, const activations& a) noexcept {
    dots::pin(s);
    dots::add(s, w.first, a.first);
    if constexpr (last_step != 0) {
      dots::add(s, w.last, a.last);
    }
  }
  HALFTONE_INLINE static columns widened(const sum& s) noexcept { return dots::widened(s); }
};

#if defined(HALFTONE_ISA_AVX2) || defined(HALFTONE_ISA_SSE4_1) || defined(HALFTONE_ISA_AVX512_BW)
#define HALFTONE_BENCHMARK_SIGN_SEQUENCE 1

struct sign_sequence {
  using registers = halftone::native<default_arch>;
  using bytes = typename registers::bytes;
  using sum = line;
  static constexpr std::size_t quads_per_sum = std::size_t{1} << 30;

  struct weights {
    line magnitude, sign;
  };
  struct activations {
    bytes value;
  };

  HALFTONE_INLINE static weights prepare(const line& l) noexcept {
    return {line::each([&](auto i) HALFTONE_INLINE_LAMBDA { return magnitude(l.part[i]); }), l};
  }
  HALFTONE_INLINE static activations load(const std::uint8_t* at) noexcept { return {registers::load(at)}; }
  HALFTONE_INLINE static void opaque(activations& a) noexcept { registers::opaque(a.value); }
  HALFTONE_INLINE static sum zero() noexcept {
    return line::each([](auto) HALFTONE_INLINE_LAMBDA { return registers::zero(); });
  }
  HALFTONE_INLINE static void add(sum& s, const weights& w, const activations& a) noexcept {
    s.opaque();
    const bytes ones = registers::set_16(1);
    s = line::each([&](auto i) HALFTONE_INLINE_LAMBDA {  // 128 * 127 * 2 fits 16 bits
      const bytes pairs = registers::pairs_8(w.magnitude.part[i], with_sign(a.value, w.sign.part[i]));
      return registers::add_32(s.part[i], registers::pairs_16(pairs, ones));
    });
  }
  HALFTONE_INLINE static columns widened(const sum& s) noexcept {
    return columns::each([&](auto i) HALFTONE_INLINE_LAMBDA { return columns::batch(registers::as_ints(s.part[i])); });
  }

 private:
#if defined(HALFTONE_ISA_AVX2)
  HALFTONE_INLINE static bytes magnitude(bytes w) noexcept { return _mm256_abs_epi8(w); }
  HALFTONE_INLINE static bytes with_sign(bytes a, bytes w) noexcept { return _mm256_sign_epi8(a, w); }
#elif defined(HALFTONE_ISA_SSE4_1)
  HALFTONE_INLINE static bytes magnitude(bytes w) noexcept { return _mm_abs_epi8(w); }
  HALFTONE_INLINE static bytes with_sign(bytes a, bytes w) noexcept { return _mm_sign_epi8(a, w); }
#else
  HALFTONE_INLINE static bytes magnitude(bytes w) noexcept { return _mm512_abs_epi8(w); }
  HALFTONE_INLINE static bytes with_sign(bytes a, bytes w) noexcept {
    return _mm512_mask_sub_epi8(a, _mm512_movepi8_mask(w), _mm512_setzero_si512(), a);
  }
#endif
};
#endif

}  // namespace halftone_benchmark
