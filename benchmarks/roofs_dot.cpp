// SPDX-License-Identifier: MIT
// Halftone benchmarks: the dot and decode roofs.
#include "roofs.hpp"
#include "sequences.hpp"

#include <halftone/gemm/line_source.hpp>

#include <array>
#include <utility>

namespace halftone_benchmark {
namespace {

/// Lines that are summed independently: enough registers to hide latency, few enough to stay in registers.
constexpr std::size_t chains = alignof(line) == 64 ? 12 : alignof(line) == 32 ? 3 : 2;

template <class Sequence, unsigned Bits, bool Decode>
struct roof {
  using layout = halftone::plane_layout<Bits>;
  using source = halftone::packed_lines<default_arch, Bits>;
  using sum = typename Sequence::sum;
  /// Quads before sums are widened: a power of two, as are those of a unit.
  static constexpr std::size_t quads = [] {
    std::size_t q = 1;
    while (2 * q <= Sequence::quads_per_sum && q < 32) {
      q *= 2;
    }
    return q;
  }();
  static constexpr std::size_t cycle = quads > source::unit_quads ? quads : source::unit_quads;
  static constexpr std::size_t cycles = 64 * 1024 / cycle;
  static constexpr double operations = 2.0 * 64 * chains * cycle * cycles;

  struct state {
    line low, high;
    typename Sequence::weights ready;
    typename Sequence::activations a;
    columns total;
  };

  /// The codes of quad Q, by the code that unpacks them in kernels: the planes are in registers that the compiler must not
  /// know, the copy in memory exists only for it to look through.
  template <std::size_t Q>
  HALFTONE_INLINE static line unpacked(state& s) noexcept {
    s.low.opaque();
    alignas(64) std::uint8_t unit[layout::unit_bytes];
    s.low.store(unit + 64 * (Q / layout::low_quads));
    if constexpr (layout::high != 0) {
      s.high.opaque();
      s.high.store(unit + 64 * (layout::low_lines + Q / layout::high_quads));
    }
    return source::template quad<Q>(unit);
  }
  template <std::size_t Q>
  HALFTONE_INLINE static void use(sum& total, state& s) noexcept {
    if constexpr (Decode) {
      Sequence::add(total, Sequence::prepare(unpacked<Q % source::unit_quads>(s)), s.a);
    } else {
      Sequence::opaque(s.a);
      Sequence::add(total, s.ready, s.a);
    }
  }
  template <std::size_t Q, std::size_t... C>
  HALFTONE_INLINE static void use_all(std::index_sequence<C...>, sum (&sums)[chains], state& s) noexcept {
    (use<Q>(sums[C], s), ...);
  }
  /// Quads First, First + 1, ... up to the next widening.
  template <std::size_t First, std::size_t... Q, std::size_t... C>
  HALFTONE_INLINE static void block(std::index_sequence<Q...>, std::index_sequence<C...> each, state& s) noexcept {
    sum sums[chains] = {((void)C, Sequence::zero())...};
    (use_all<First + Q>(each, sums, s), ...);
    ((s.total = s.total + Sequence::widened(sums[C])), ...);
  }
  template <std::size_t... Block>
  HALFTONE_INLINE static void blocks(std::index_sequence<Block...>, state& s) noexcept {
    (block<Block * quads>(std::make_index_sequence<quads>{}, std::make_index_sequence<chains>{}, s), ...);
  }

  static void run() {
    alignas(64) std::uint8_t bytes[256];
    for (std::size_t i = 0; i < 256; ++i) {
      bytes[i] = static_cast<std::uint8_t>(i % 2 + 1);
    }
    asm volatile("" : : "r"(bytes) : "memory");
    const line first = line::load(bytes);
    state s{first, line::load(bytes + 64), Sequence::prepare(first), Sequence::load(bytes + 128), columns::broadcast(0)};
    for (std::size_t i = 0; i < cycles; ++i) {
      blocks(std::make_index_sequence<cycle / quads>{}, s);
    }
    alignas(64) std::int32_t out[16];
    s.total.store(out);
    asm volatile("" : : "r"(out) : "memory");
  }
  static subject make(const char* name) { return {name, [] { run(); }, operations}; }
};

template <unsigned Bits, bool Decode>
std::vector<subject> sequences_of() {
  std::vector<subject> all{roof<leaf_sequence<Bits>, Bits, Decode>::make("leaf")};
#if defined(HALFTONE_BENCHMARK_SIGN_SEQUENCE)
  if constexpr (Bits == 8) {
    all.front().name = "16-bit products";
    all.push_back(roof<sign_sequence, Bits, Decode>::make("sign trick"));
  }
#endif
  return all;
}

/// The fastest sequence of a width, found once.
const subject& fastest(unsigned bits, bool decode) {
  static std::array<subject, 18> found;
  subject& best = found.at(2 * bits + (decode ? 1 : 0));
  if (!best.work) {
    std::vector<subject> all = dot_sequences(bits, decode);
    std::vector<subject*> each;
    for (subject& s : all) {
      each.push_back(&s);
    }
    if (all.size() > 1) {
      interleave(each, 5, 0.01);
    }
    best = *std::max_element(all.begin(), all.end(),
                             [](const subject& a, const subject& b) { return a.median() < b.median(); });
    best.name = (decode ? "decode " : "dot ") + std::to_string(bits) + " bits" + (all.size() > 1 ? ", " + best.name : "");
    best.rates.clear();
  }
  return best;
}

}  // namespace

std::vector<subject> dot_sequences(unsigned bits, bool decode) {
  const auto pick = [&]<unsigned Bits>() { return decode ? sequences_of<Bits, true>() : sequences_of<Bits, false>(); };
  switch (bits) {
    case 2: return pick.template operator()<2>();
    case 3: return pick.template operator()<3>();
    case 4: return pick.template operator()<4>();
    case 5: return pick.template operator()<5>();
    case 6: return pick.template operator()<6>();
    default: return pick.template operator()<8>();
  }
}

subject dot_roof(unsigned bits, const pool& threads) { return on_each(fastest(bits, false), threads); }
subject decode_roof(unsigned bits, const pool& threads) { return on_each(fastest(bits, true), threads); }

}  // namespace halftone_benchmark
