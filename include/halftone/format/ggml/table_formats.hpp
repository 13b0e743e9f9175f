// SPDX-License-Identifier: MIT
// Halftone: the bytes of ggml's non-linear 4 bits, IQ4_NL and IQ4_XS.
#pragma once

#include <halftone/format/ggml/encode_simple.hpp>
#include <halftone/format/ggml/schemes.hpp>
#include <halftone/format/ggml/search_table_scale.hpp>

#include <string_view>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml {

namespace table_detail {

using nearest = nearest_in_table<tables::iq4_nl>;

/// Values, weights and scales of up to sixteen groups of 32 that belong to whole blocks of `Weights`.
struct searched {
  group_columns<32> x, w;
  columns first, scale;

  template <std::size_t Weights>
  void run(int tries, const float* values, const float* importance, std::size_t groups) noexcept {
    x.gather(values, groups);
    if (importance != nullptr) {
      alignas(64) float means[lanes] = {};
      for (std::size_t g = 0; g < groups; g += Weights / 32) {
        const float mean = product(sum_of_squares(values + g * 32, Weights), 2.0f / static_cast<float>(Weights));
        std::fill(means + g, means + g + Weights / 32, mean);
      }
      w.gather(importance, groups);
      weigh(x, columns::load(means), w);
    } else {
      for (std::size_t i = 0; i < 32; ++i) {
        w.set(i, product(x[i], x[i]));
      }
    }
    scale = search_table_scale<tables::iq4_nl>(tries, x, w, first);
  }

  /// Codes against the reciprocals of scales, 0 of 0.
  void encode(const columns& reciprocal) noexcept {
    for (std::size_t i = 0; i < 32; ++i) {
      w.set(i, nearest::index(product(reciprocal, x[i])));
    }
  }
};

[[nodiscard]] HALFTONE_INLINE columns reciprocal_or_zero(const columns& scale) noexcept {
  const columns none = columns::zero();
  return where_greater(columns::broadcast(0x1p-149f), magnitude(scale), none, columns::broadcast(1.0f) / scale);
}

}  // namespace table_detail

/// Bytes: scale; nibbles, weight i beside i + 16.
template <>
struct block_format<ggml::iq4_nl> {
  static constexpr std::string_view name = "IQ4_NL";
  static constexpr std::uint32_t type = 20;
  using block = ggml::block<32, 1>;
  static constexpr std::size_t bytes = 18;
  static constexpr std::int32_t zero_code = 0;

  [[nodiscard]] static const char* unpack(const std::uint8_t* in, block& b) noexcept {
    b.scale = load_half(in);
    unpack_nibbles<16>(in + 2, b.codes.data());
    return nullptr;
  }
  static void pack(const block& b, std::uint8_t* out) noexcept {
    store_half(b.scale, out);
    pack_nibbles<16>(b.codes.data(), out + 2);
  }

  /// @param tries  7: ggml_quantize_chunk; -1: quantize_row_iq4_nl_ref, which keeps the codes of its only candidate
  template <std::same_as<float> Float>
  static void encode_row(const Float* x, const float* importance, std::size_t k, std::uint8_t* out, int tries = 7) noexcept {
    table_detail::searched s;
    for (std::size_t at = 0; at < k; at += lanes * 32) {
      const std::size_t groups = std::min(lanes, (k - at) / 32);
      s.run<32>(tries, x + at, importance == nullptr ? nullptr : importance + at, groups);
      s.encode(tries > 0 ? table_detail::reciprocal_or_zero(s.scale) : s.first);
      alignas(64) float scales[lanes];
      s.scale.store(scales);
      block b;
      for (std::size_t g = 0; g < groups; ++g) {
        b.scale = scales[g];
        s.w.scatter(g, b.codes.data());
        pack(b, out + (at / 32 + g) * bytes);
      }
    }
  }
};

/// Bytes: scale; the high two bits of eight integer scales plus 32, lowest first; their low nibbles; codes of each 32 weights as
/// in IQ4_NL.
template <>
struct block_format<ggml::iq4_xs> {
  static constexpr std::string_view name = "IQ4_XS";
  static constexpr std::uint32_t type = 23;
  using block = ggml::block<256, 8>;
  static constexpr std::size_t bytes = 136;
  static constexpr std::int32_t zero_code = 0;

  [[nodiscard]] static const char* unpack(const std::uint8_t* in, block& b) noexcept {
    b.scale = load_half(in);
    for (std::size_t j = 0; j < 8; ++j) {
      const unsigned low = in[4 + j / 2] >> (j % 2 * 4) & 15u;
      const unsigned high = in[2 + j / 4] >> (j % 4 * 2) & 3u;
      b.scale_codes[j] = static_cast<std::uint8_t>(((low | high << 4) - 32u) & 63u);
      unpack_nibbles<16>(in + 8 + j * 16, b.codes.data() + j * 32);
    }
    return nullptr;
  }
  static void pack(const block& b, std::uint8_t* out) noexcept {
    store_half(b.scale, out);
    std::fill(out + 2, out + 8, std::uint8_t{0});
    for (std::size_t j = 0; j < 8; ++j) {
      const unsigned scale = (b.scale_codes[j] + 32u) & 63u;
      out[4 + j / 2] = static_cast<std::uint8_t>(out[4 + j / 2] | (scale & 15u) << (j % 2 * 4));
      out[2 + j / 4] = static_cast<std::uint8_t>(out[2 + j / 4] | scale >> 4 << (j % 4 * 2));
      pack_nibbles<16>(b.codes.data() + j * 32, out + 8 + j * 16);
    }
  }

  /// Codes are chosen against the scale of the block in binary32, before it is stored.
  template <std::same_as<float> Float>
  static void encode_row(const Float* x, const float* importance, std::size_t k, std::uint8_t* out) noexcept {
    table_detail::searched s;
    for (std::size_t at = 0; at < k; at += lanes * 32) {
      const std::size_t groups = std::min(lanes, (k - at) / 32);
      s.run<256>(7, x + at, importance == nullptr ? nullptr : importance + at, groups);
      alignas(64) float scales[lanes];
      alignas(64) float used[lanes] = {};
      s.scale.store(scales);
      block blocks[2];
      for (std::size_t g = 0; g < groups; g += 8) {
        block& b = blocks[g / 8];
        float extreme = 0.0f;
        for (std::size_t j = 0; j < 8; ++j) {
          extreme = magnitude(scales[g + j]) > magnitude(extreme) ? scales[g + j] : extreme;
        }
        b.scale = -extreme / 32.0f;
        const float reciprocal = b.scale != 0.0f ? 1.0f / b.scale : 0.0f;
        for (std::size_t j = 0; j < 8; ++j) {
          const std::int32_t level = nearest_integer(product(reciprocal, scales[g + j]), -32, 31);
          b.scale_codes[j] = static_cast<std::uint8_t>(level);
          used[g + j] = product(b.scale, static_cast<float>(level));
        }
      }
      s.encode(table_detail::reciprocal_or_zero(columns::load(used)));
      for (std::size_t g = 0; g < groups; ++g) {
        s.w.scatter(g, blocks[g / 8].codes.data() + g % 8 * 32);
      }
      for (std::size_t g = 0; g < groups; g += 8) {
        pack(blocks[g / 8], out + (at / 256 + g / 8) * bytes);
      }
    }
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml
