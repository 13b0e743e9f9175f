// SPDX-License-Identifier: MIT
// Halftone: the bytes of ggml's super-blocks with signed scales, Q3_K and Q6_K, and of Q8_K, which quantizes activations.
#pragma once

#include <halftone/format/ggml/minimum_formats.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml {

/// Bytes: the third bits of the codes, byte l holding those of the weights l, l + 32, ..., lowest first; their low bits; sixteen
/// integer scales plus 32, the low nibbles of the first eight beside those of the others, then the high bits of each fourth;
/// scale.
template <>
struct block_format<q3_k> {
  static constexpr std::string_view name = "Q3_K";
  static constexpr std::uint32_t type = 11;
  using block = ggml::block<256, 16>;
  static constexpr std::size_t bytes = 110;
  static constexpr std::int32_t zero_code = 4;

  [[nodiscard]] static const char* unpack(const std::uint8_t* in, block& b) noexcept {
    unpack_two_bits(in + 32, b.codes.data());
    unpack_high_bits<2>(in, b.codes.data());
    const std::uint8_t* s = in + 96;
    for (std::size_t j = 0; j < 16; ++j) {
      const unsigned low = j < 8 ? s[j] & 15u : s[j - 8] >> 4;
      b.scale_codes[j] = static_cast<std::uint8_t>(((low | (s[8 + j % 4] >> (j / 4 * 2) & 3u) << 4) - 32u) & 63u);
    }
    b.scale = load_half(in + 108);
    return nullptr;
  }
  static void pack(const block& b, std::uint8_t* out) noexcept {
    pack_high_bits<2>(b.codes.data(), out);
    pack_two_bits(b.codes.data(), out + 32);
    const auto scale = [&](std::size_t j) { return (b.scale_codes[j] + 32u) & 63u; };
    std::uint8_t* s = out + 96;
    for (std::size_t j = 0; j < 8; ++j) {
      s[j] = static_cast<std::uint8_t>((scale(j) & 15u) | (scale(j + 8) & 15u) << 4);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      s[j + 8] = static_cast<std::uint8_t>(scale(j) >> 4 | scale(j + 4) >> 4 << 2 | scale(j + 8) >> 4 << 4 | scale(j + 12) >> 4 << 6);
    }
    store_half(b.scale, out + 108);
  }

  template <std::same_as<float> Float>
  static void encode_row(const Float* x, const float* importance, std::size_t k, std::uint8_t* out) noexcept {
    using groups = k_detail::searched_groups<16>;
    const auto write = [&](std::size_t i, const block& b) { pack(b, out + i * bytes); };
    if (importance == nullptr) {
      const auto search = [&](std::size_t i, groups& s) {
        for (std::size_t g = 0; g < 16; ++g) {
          std::array<std::uint8_t, 16> codes;
          s.scales[g] = search_signed_levels<16>(4, std::span<const float, 16>(x + i * 256 + g * 16, 16), codes);
          for (std::size_t j = 0; j < 16; ++j) {
            s.codes.value[j][g] = static_cast<float>(codes[j]);
          }
        }
      };
      encode_signed_row(4.0f, x, k, search, [](const groups& s, block& b) {
        if (const float extreme = extreme_scale(s.scales); extreme != 0.0f) {
          signed_integers(s.scales, extreme, 32, b);
        } else {
          b.scale = 0.0f;
          b.scale_codes.fill(static_cast<std::uint8_t>(-32));
        }
        return true;
      }, write);
      return;
    }
    const auto search = [&](std::size_t i, groups& s) {
      s.w.gather(importance + i * 256, 16);
      weigh(s.x, k_detail::means_of_blocks<16>(x + i * 256, 16, 2.0f), s.w);
      search_scale<false>(4.0f, s.x, s.w, s.codes).store(s.scales);
    };
    encode_signed_row(4.0f, x, k, search, [](const groups& s, block& b) {
      // The scales of the block are one group of a search themselves, each counting as the weights of its group.
      alignas(64) float sums[lanes];
      k_detail::sum_weights(s.w, sums);
      group_columns<16> scales, weights, levels;
      scales.gather(s.scales, 1);
      weights.gather(sums, 1);
      alignas(64) float found[lanes];
      search_scale<true>(32.0f, scales, weights, levels).store(found);
      b.scale = found[0];
      levels.scatter(0, b.scale_codes.data());
      for (std::uint8_t& code : b.scale_codes) {
        code = static_cast<std::uint8_t>(code - 32);
      }
      return true;
    }, write);
  }
};

/// Bytes: of each half the low nibbles (weights l beside l + 64, then l + 32 beside l + 96); of each half the high bits, byte l
/// holding those of the weights l, l + 32, l + 64 and l + 96; sixteen integer scales; scale.
template <>
struct block_format<q6_k> {
  static constexpr std::string_view name = "Q6_K";
  static constexpr std::uint32_t type = 14;
  using block = ggml::block<256, 16>;
  static constexpr std::size_t bytes = 210;
  static constexpr std::int32_t zero_code = 32;

  [[nodiscard]] static const char* unpack(const std::uint8_t* in, block& b) noexcept {
    unpack_two_bits(in + 128, b.codes.data());
    for (std::size_t half = 0; half < 2; ++half) {
      for (std::size_t l = 0; l < 64; ++l) {
        const std::uint8_t byte = in[half * 64 + l];
        std::uint8_t* codes = b.codes.data() + half * 128 + l;
        codes[0] = static_cast<std::uint8_t>(codes[0] << 4 | (byte & 15));
        codes[64] = static_cast<std::uint8_t>(codes[64] << 4 | byte >> 4);
      }
    }
    std::copy(in + 192, in + 208, b.scale_codes.begin());
    b.scale = load_half(in + 208);
    return nullptr;
  }
  static void pack(const block& b, std::uint8_t* out) noexcept {
    std::array<std::uint8_t, 256> high;
    for (std::size_t i = 0; i < 256; ++i) {
      high[i] = static_cast<std::uint8_t>(b.codes[i] >> 4);
    }
    pack_nibbles<64>(b.codes.data(), out);
    pack_nibbles<64>(b.codes.data() + 128, out + 64);
    pack_two_bits(high.data(), out + 128);
    std::copy(b.scale_codes.begin(), b.scale_codes.end(), out + 192);
    store_half(b.scale, out + 208);
  }

  template <std::same_as<float> Float>
  static void encode_row(const Float* x, const float* importance, std::size_t k, std::uint8_t* out) noexcept {
    using groups = k_detail::searched_groups<16>;
    const auto search = [&](std::size_t i, groups& s) {
      if (importance != nullptr) {
        s.w.gather(importance + i * 256, 16);
      } else {
        for (std::size_t j = 0; j < 16; ++j) {
          s.w.set(j, product(s.x[j], s.x[j]));
        }
      }
      search_scale<false>(32.0f, s.x, s.w, s.codes).store(s.scales);
    };
    const auto scales = [](const groups& s, block& b) {
      const float extreme = extreme_scale(s.scales);
      if (magnitude(extreme) < 1e-15f) {
        return false;
      }
      signed_integers(s.scales, extreme, 128, b);
      return true;
    };
    encode_signed_row(32.0f, x, k, search, scales, [&](std::size_t i, const block& b) { pack(b, out + i * bytes); });
  }
};

/// Bytes: scale in binary32; 256 codes in two's complement; sums of sixteen codes at a time, 16 bits each. The sums are written
/// from the codes; what a file says of them is not looked at.
template <>
struct block_format<q8_k> {
  static constexpr std::string_view name = "Q8_K";
  static constexpr std::uint32_t type = 15;
  using block = ggml::block<256, 1>;
  static constexpr std::size_t bytes = 292;
  static constexpr std::int32_t zero_code = 0;

  [[nodiscard]] static const char* unpack(const std::uint8_t* in, block& b) noexcept {
    b.scale = fp32::decode(read_code<32>(in, 0));
    std::copy(in + 4, in + 260, b.codes.begin());
    return nullptr;
  }
  static void pack(const block& b, std::uint8_t* out) noexcept {
    write_code<32>(out, 0, fp32::encode(b.scale));
    std::copy(b.codes.begin(), b.codes.end(), out + 4);
    for (std::size_t j = 0; j < 16; ++j) {
      std::int32_t sum = 0;
      for (std::size_t i = 0; i < 16; ++i) {
        sum += static_cast<std::int8_t>(b.codes[j * 16 + i]);
      }
      write_code<16>(out + 260, j, static_cast<std::uint32_t>(sum));
    }
  }
  template <std::same_as<float> Float>
  static void encode_row(const Float* x, const float*, std::size_t k, std::uint8_t* out) noexcept {
    block b;
    for (std::size_t i = 0; i < k / 256; ++i) {
      const float extreme = extreme_of(x + i * 256, 256);
      const float reciprocal = extreme != 0.0f ? -127.0f / extreme : 0.0f;
      b.scale = extreme != 0.0f ? 1.0f / reciprocal : 0.0f;
      for (std::size_t j = 0; j < 256; j += lanes) {
        const columns level =
            nearest_levels<false>(product(columns::load(x + i * 256 + j), columns::broadcast(reciprocal)), -128.0f, 127.0f);
        store_levels<true>(nearest_integers<default_arch>(level), b.codes.data() + j);
      }
      pack(b, out + i * bytes);
    }
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml
