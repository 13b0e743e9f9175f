// SPDX-License-Identifier: MIT
// Halftone: probe: a trellis: 256 weights in 66 bytes, each value chosen by its own 2 bits and the 6 bits before them.
//
//   o = 0                                             history, starts again at every unit
//   for t in 0..255:
//     index = (code[t] << 4) ^ (xor of column[i] over the bits i of o)
//     w[t]  = S * 2^-11 * 64 * table[index]
//     o     = (code[t] << 4) | (o >> 2)
#include "probe.hpp"

namespace {

constexpr std::size_t states = 64;
constexpr std::array<unsigned, 6> columns{58, 17, 39, 2, 63, 33};
constexpr std::array<int, 32> positive{1,  2,  3,  3,  4,  5,  7,  7,  8,  10, 11, 12, 15, 15, 16, 17,
                                       23, 24, 26, 27, 29, 30, 34, 35, 40, 45, 48, 52, 56, 60, 75, 86};

constexpr unsigned next(unsigned code, unsigned o) noexcept { return (code << 4) | (o >> 2); }

/// The table entry of a code after history o; 40 stands for the root mean square of a unit.
constexpr float entry(unsigned code, unsigned o) noexcept {
  unsigned index = code << 4;
  for (unsigned i = 0; i < 6; ++i) {
    index ^= ((o >> i) & 1u) != 0 ? columns[i] : 0u;
  }
  return static_cast<float>(index >= 32 ? positive[index - 32] : -positive[31 - index]);
}

/// `entry` for every code and history.
constexpr std::array<float, 4 * states> entries = [] {
  std::array<float, 4 * states> all{};
  for (unsigned i = 0; i < all.size(); ++i) {
    all[i] = entry(i / states, i % states);
  }
  return all;
}();

/// Bytes of a unit: 64 of codes, four a byte; then S as fp16. A last unit of fewer weights is filled up with zeros.
struct trellis {
  static constexpr unsigned bits = 2;
  static constexpr std::size_t dimension = 256;
  static std::string name() { return "trellis"; }
  static constexpr std::size_t unit_bytes(std::size_t) noexcept { return 66; }
  static float largest() noexcept { return 1.0f; }

  void decode_unit(std::span<const std::uint8_t> bytes, std::span<float> values, halftone::unit_position) const {
    const float scale = halftone::fp16::decode(halftone::read_code<16>(bytes.data() + 64, 0)) * 0x1p-5f;  // exact
    unsigned o = 0;
    for (std::size_t t = 0; t < values.size(); ++t) {
      const unsigned code = halftone::read_code<2>(bytes.data(), t);
      values[t] = halftone::product(scale, entries[code * states + o]);
      o = next(code, o);
    }
  }

  /// Viterbi's search for each of three scales; then the scale with the least squared error for the codes found.
  /// Products of two floats are exact in double: no contraction changes the sums.
  void encode_unit(std::span<const float> values, std::span<std::uint8_t> bytes, halftone::unit_position) const {
    std::array<float, dimension> x{};
    std::copy(values.begin(), values.end(), x.begin());
    double square = 0.0;
    float largest = 0.0f;
    for (const float v : x) {
      square += static_cast<double>(v) * static_cast<double>(v);
      largest = halftone::maximum(halftone::magnitude(v), largest);
    }
    const float start = halftone::maximum(static_cast<float>(std::sqrt(square / dimension)), largest / (1.05f * 2.15f));
    std::fill(bytes.begin(), bytes.end(), std::uint8_t{0});
    double least = square;
    for (const float factor : {1.0f, 0.93f, 1.08f}) {
      const std::array<unsigned, dimension> codes = search(x, start * factor / 40.0f);
      double along = 0.0, length = 0.0;
      for (std::size_t t = 0, o = 0; t < dimension; o = next(codes[t], static_cast<unsigned>(o)), ++t) {
        const double v = static_cast<double>(entry(codes[t], static_cast<unsigned>(o)));
        along += static_cast<double>(x[t]) * v;
        length += v * v;
      }
      const double error = square - along * along / length;
      if (error < least) {
        least = error;
        std::fill(bytes.begin(), bytes.end(), std::uint8_t{0});
        for (std::size_t t = 0; t < dimension; ++t) {
          halftone::write_code<2>(bytes.data(), t, codes[t]);
        }
        const auto scale = static_cast<float>(along / length * 32.0);
        halftone::write_code<16>(bytes.data() + 64, 0, halftone::fp16::encode(scale));
      }
    }
  }

  /// The codes with the least squared error for one scale: the cheapest way into every state, step by step, then back.
  static std::array<unsigned, dimension> search(const std::array<float, dimension>& x, float scale) {
    std::array<std::array<std::uint8_t, states>, dimension> from{};
    std::array<float, states> cost;
    cost.fill(std::numeric_limits<float>::infinity());
    cost[0] = 0.0f;
    for (std::size_t t = 0; t < dimension; ++t) {
      std::array<float, states> after;
      for (unsigned state = 0; state < states; ++state) {
        const unsigned code = state >> 4;
        after[state] = std::numeric_limits<float>::infinity();
        for (unsigned low = 0; low < 4; ++low) {
          const unsigned before = (state << 2 | low) % states;  // the states that step to `state` with this code
          const float d = halftone::fused(-scale, entries[code * states + before], x[t]);
          const float total = halftone::fused(d, d, cost[before]);
          if (total < after[state]) {
            after[state] = total;
            from[t][state] = static_cast<std::uint8_t>(before);
          }
        }
      }
      cost = after;
    }
    auto state = static_cast<unsigned>(std::min_element(cost.begin(), cost.end()) - cost.begin());
    std::array<unsigned, dimension> codes{};
    for (std::size_t t = dimension; t-- > 0; state = from[t][state]) {
      codes[t] = state >> 4;
    }
    return codes;
  }
};

using trellis2 = halftone::scheme<trellis, halftone::unscaled, halftone::per_tensor>;

TEST_CASE("a trellis of 64 states takes 2.0625 bits, and a last unit may hold fewer weights") {
  const auto w = probe::gaussian(7 * 512, 10);
  probe::check<trellis2>({w.data(), 7, 512}, 0.085, 66.0 / 32.0);
  const auto q = probe::check<trellis2>({w.data(), 3, 300}, 0.09, 8.0 * 2 * 66 / 300);
  REQUIRE(q.row_bytes() == 2 * 66);
}

TEST_CASE("a trellis of 64 states reaches its error on normal numbers") {
  const auto w = probe::gaussian(32 * 1024, 11);
  const auto y = probe::dequantized(halftone::quantize<trellis2>({w.data(), 32, 1024}));
  double error = 0.0;
  double square = 0.0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    error += static_cast<double>(w[i] - y[i]) * static_cast<double>(w[i] - y[i]);
    square += static_cast<double>(w[i]) * static_cast<double>(w[i]);
  }
  CHECK(error / square == doctest::Approx(0.0785).epsilon(0.03));  // 0.0785 on 2^21 such numbers, with this encoder
}

TEST_CASE("a unit of a trellis decodes as its definition says") {
  std::array<std::uint8_t, 66> bytes{};
  for (std::size_t i = 0; i < 64; ++i) {
    bytes[i] = static_cast<std::uint8_t>(halftone::random_bits(12, i));
  }
  bytes[65] = 0x3c;  // S = 1
  std::array<float, 256> values{};
  trellis{}.decode_unit(bytes, values, {});
  std::uint64_t hash = 0;
  for (const float v : values) {
    hash = hash * 257 + static_cast<std::uint64_t>(v * 32.0f + 128.0f);  // w * 32 is the table's entry
  }
  CHECK(hash == 0x80f7113963b822a3u);  // by another decoder of the same definition
}

}  // namespace
