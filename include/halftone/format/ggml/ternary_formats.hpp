// SPDX-License-Identifier: MIT
// Halftone: the bytes of ggml's ternary and binary blocks: TQ1_0, TQ2_0, Q2_0 and Q1_0.
#pragma once

#include <halftone/format/ggml/encode_simple.hpp>
#include <halftone/format/ggml/minimum_formats.hpp>
#include <halftone/format/ggml/schemes.hpp>

#include <string_view>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml {

namespace ternary_detail {

/// Trits 0..2 of a block and its scale: largest magnitude; trit = nearest(x / scale) + 1, ties away from zero.
template <std::size_t Weights>
void encode(const float* x, block<Weights, 1>& b) noexcept {
  columns largest = columns::zero();
  for (std::size_t i = 0; i < Weights; i += lanes) {
    largest = maximum(magnitude(columns::load(x + i)), largest);
  }
  b.scale = largest.highest();
  const columns reciprocal = columns::broadcast(reciprocal_or_zero(b.scale));
  const columns one = columns::broadcast(1.0f);
  const columns below_half = columns::broadcast(0x1.fffffep-2f);
  for (std::size_t i = 0; i < Weights; i += lanes) {
    const columns v = product(columns::load(x + i), reciprocal);
    const columns up = where_greater(v, below_half, one, columns::zero());
    const columns down = where_greater(columns::zero() - v, below_half, one, columns::zero());
    store_levels<false>(nearest_integers<default_arch>(one + up - down), b.codes.data() + i);
  }
}

/// Whether all codes are trits.
template <std::size_t Weights>
[[nodiscard]] const char* check(const block<Weights, 1>& b) noexcept {
  const bool bad = std::any_of(b.codes.begin(), b.codes.end(), [](std::uint8_t code) { return code > 2; });
  return bad ? "it holds code 3, which no encoder makes" : nullptr;
}

template <class Format, std::same_as<float> Float>
void encode_row(const Float* x, std::size_t k, std::uint8_t* out) noexcept {
  typename Format::block b;
  for (std::size_t i = 0; i < k / b.weights; ++i) {
    encode(x + i * b.weights, b);
    Format::pack(b, out + i * Format::bytes);
  }
}

}  // namespace ternary_detail

/// Bytes: trits as Q2_K has its codes; scale.
template <>
struct block_format<tq2_0> {
  static constexpr std::string_view name = "TQ2_0";
  static constexpr std::uint32_t type = 35;
  using block = ggml::block<256, 1>;
  static constexpr std::size_t bytes = 66;
  static constexpr std::int32_t zero_code = 1;

  [[nodiscard]] static const char* unpack(const std::uint8_t* in, block& b) noexcept {
    unpack_two_bits(in, b.codes.data());
    b.scale = load_half(in + 64);
    return ternary_detail::check(b);
  }
  /// Whether the bytes can say it: all codes are trits.
  [[nodiscard]] static bool holds(const block& b) noexcept { return ternary_detail::check(b) == nullptr; }
  static void pack(const block& b, std::uint8_t* out) noexcept {
    pack_two_bits(b.codes.data(), out);
    store_half(b.scale, out + 64);
  }
  template <std::same_as<float> Float>
  static void encode_row(const Float* x, const float*, std::size_t k, std::uint8_t* out) noexcept {
    ternary_detail::encode_row<block_format>(x, k, out);
  }
};

/// Bytes: five trits a byte (32 bytes for the first 160 weights, byte m holding m, m + 32, ...; 16 bytes for the next 80, in
/// steps of 16), four trits in each of the last four (in steps of 4); scale. A byte is ceil(v * 256 / 243), v the number with
/// these trits, the first one highest, so that products with powers of 3 bring each to the top.
/// The scheme is that of TQ2_0; so these blocks are named: read<tq2_0, tq1_0_blocks>(bytes, shape).
struct tq1_0_blocks {
  static constexpr std::string_view name = "TQ1_0";
  static constexpr std::uint32_t type = 34;
  using block = ggml::block<256, 1>;
  static constexpr std::size_t bytes = 54;
  static constexpr std::int32_t zero_code = 1;

  /// Calls visit(byte, index of a weight, which trit) for every trit.
  template <class Visit>
  static void for_each_trit(const Visit& visit) noexcept {
    std::size_t weight = 0;
    const auto run = [&](std::size_t first, std::size_t count, std::size_t trits) {
      for (std::size_t n = 0; n < trits; ++n) {
        for (std::size_t m = 0; m < count; ++m) {
          visit(first + m, weight++, n);
        }
      }
    };
    run(0, 32, 5);
    run(32, 16, 5);
    run(48, 4, 4);
  }

  [[nodiscard]] static const char* unpack(const std::uint8_t* in, block& b) noexcept {
    constexpr std::array<std::uint8_t, 5> powers{1, 3, 9, 27, 81};
    for_each_trit([&](std::size_t byte, std::size_t weight, std::size_t n) {
      b.codes[weight] = static_cast<std::uint8_t>((in[byte] * powers[n] & 255) * 3 >> 8);
    });
    b.scale = load_half(in + 52);
    return nullptr;
  }
  /// Whether the bytes can say it: all codes are trits.
  [[nodiscard]] static bool holds(const block& b) noexcept { return ternary_detail::check(b) == nullptr; }
  static void pack(const block& b, std::uint8_t* out) noexcept {
    std::array<std::uint32_t, 52> numbers{};
    for_each_trit([&](std::size_t byte, std::size_t weight, std::size_t) { numbers[byte] = numbers[byte] * 3 + b.codes[weight]; });
    for (std::size_t i = 0; i < 52; ++i) {
      const std::uint32_t number = i < 48 ? numbers[i] : numbers[i] * 3;  // a fifth trit of 0
      out[i] = static_cast<std::uint8_t>((number * 256 + 242) / 243);
    }
    store_half(b.scale, out + 52);
  }
  template <std::same_as<float> Float>
  static void encode_row(const Float* x, const float*, std::size_t k, std::uint8_t* out) noexcept {
    ternary_detail::encode_row<tq1_0_blocks>(x, k, out);
  }
};

/// Bytes: scale; codes of two bits in order.
template <>
struct block_format<q2_0> {
  static constexpr std::string_view name = "Q2_0";
  static constexpr std::uint32_t type = 42;
  using block = ggml::block<64, 1>;
  static constexpr std::size_t bytes = 18;
  static constexpr std::int32_t zero_code = 1;

  [[nodiscard]] static const char* unpack(const std::uint8_t* in, block& b) noexcept {
    b.scale = load_half(in);
    unpack_codes<2>(in + 2, 64, b.codes.data());
    return ternary_detail::check(b);
  }
  /// Whether the bytes can say it: all codes are trits.
  [[nodiscard]] static bool holds(const block& b) noexcept { return ternary_detail::check(b) == nullptr; }
  static void pack(const block& b, std::uint8_t* out) noexcept {
    store_half(b.scale, out);
    pack_codes<2>(b.codes.data(), 64, out + 2);
  }
  template <std::same_as<float> Float>
  static void encode_row(const Float* x, const float*, std::size_t k, std::uint8_t* out) noexcept {
    ternary_detail::encode_row<block_format>(x, k, out);
  }
};

/// Bytes: scale; one bit a weight in order, 1 for +scale. Encoding: scale = mean magnitude; zeros of both signs are 1.
template <>
struct block_format<q1_0> {
  static constexpr std::string_view name = "Q1_0";
  static constexpr std::uint32_t type = 41;
  using block = ggml::block<128, 1>;
  static constexpr std::size_t bytes = 18;
  static constexpr std::int32_t zero_code = 0;

  [[nodiscard]] static const char* unpack(const std::uint8_t* in, block& b) noexcept {
    b.scale = load_half(in);
    unpack_codes<1>(in + 2, 128, b.codes.data());
    return nullptr;
  }
  static void pack(const block& b, std::uint8_t* out) noexcept {
    store_half(b.scale, out);
    pack_codes<1>(b.codes.data(), 128, out + 2);
  }
  template <std::same_as<float> Float>
  static void encode_row(const Float* x, const float*, std::size_t k, std::uint8_t* out) noexcept {
    block b;
    for (std::size_t i = 0; i < k / 128; ++i) {
      float sum = 0.0f;
      for (std::size_t j = 0; j < 128; ++j) {
        sum += magnitude(x[i * 128 + j]);
        b.codes[j] = x[i * 128 + j] >= 0.0f ? 1 : 0;
      }
      b.scale = sum / 128.0f;
      pack(b, out + i * bytes);
    }
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml
