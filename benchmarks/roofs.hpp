// SPDX-License-Identifier: MIT
// Halftone benchmarks: roofs of the machine at hand: what registers alone can do, and what memory delivers.
//
//   dot roof     the best exact sequence for a code width, on registers: no loads, no unpacking
//   decode roof  the same with every weight register unpacked from bit planes once per use (one row of activations)
//   bandwidth    reads of a buffer of a given size
#pragma once

#include <halftone/simd/simd.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace halftone_benchmark {

using halftone::default_arch;

/// Independent accumulators of a roof: enough to hide latency, few enough to stay in registers.
inline constexpr int chains = 4;

/// Multiply-adds (2 operations each) of one call of `dot_roof` or `decode_roof`.
inline constexpr double roof_operations = 2.0 * 64 * chains * 32 * 4096;

/// Exact dot products of `Bits`-bit codes on registers; every index is a template argument (see integer_kernel.hpp).
template <unsigned Bits, bool Decode>
struct roof_sums {
  using dots = halftone::dot<default_arch, Bits>;
  using line = halftone::byte_line<default_arch>;
  using total = halftone::int_columns<default_arch>;

  template <std::size_t... C>
  HALFTONE_INLINE static total block(std::index_sequence<C...>, line& weights, typename dots::quad& a, total sum) {
    constexpr std::size_t quads = dots::quads_per_sum < 32 ? dots::quads_per_sum : 32;
    typename dots::sum sums[chains] = {((void)C, dots::zero())...};
    const auto ready = dots::template prepared<0>(weights);
#pragma GCC unroll 32
    for (std::size_t q = 0; q < quads * dots::steps; ++q) {
      (step(sums[C], weights, ready, a), ...);
    }
    ((sum = sum + dots::widened(sums[C])), ...);
    return sum;
  }

  HALFTONE_INLINE static void step(typename dots::sum& sum, line& weights, const typename dots::weights& ready,
                                   typename dots::quad& a) {
    dots::pin(sum);
    if constexpr (Decode) {
      weights.opaque();
      dots::add(sum, dots::template prepared<0>(
                         weights.template shifted<(Bits < 8 ? 8 - static_cast<int>(Bits) : 0), (1u << Bits) - 1>()),
                a);
    } else {
      dots::opaque(a);
      dots::add(sum, ready, a);
    }
  }
};

template <unsigned Bits, bool Decode = false>
inline void dot_roof() {
  using sums = roof_sums<Bits, Decode>;
  using dots = typename sums::dots;
  alignas(64) static std::uint8_t bytes[256] = {1, 2, 3, 4, 5, 6, 7};
  constexpr std::size_t quads = dots::quads_per_sum < 32 ? dots::quads_per_sum : 32;
  auto total = sums::total::broadcast(0);
  auto weights = sums::line::load(bytes);
  auto a = dots::template broadcast<0>(bytes + 64);
  for (std::size_t done = 0; done < 32 * 4096; done += quads) {
    total = sums::block(std::make_index_sequence<chains>{}, weights, a, total);
  }
  alignas(64) std::int32_t out[16];
  total.store(out);
  asm volatile("" : : "r"(out) : "memory");
}

/// Sums a buffer; the rate is its bytes per second.
inline void read_all(const std::vector<std::uint64_t>& buffer) {
  std::uint64_t sum[8] = {};
  for (std::size_t i = 0; i + 8 <= buffer.size(); i += 8) {
    for (std::size_t j = 0; j < 8; ++j) {
      sum[j] += buffer[i + j];
    }
  }
  std::uint64_t all = 0;
  for (const std::uint64_t s : sum) {
    all += s;
  }
  asm volatile("" : : "r"(all) : "memory");
}

}  // namespace halftone_benchmark
