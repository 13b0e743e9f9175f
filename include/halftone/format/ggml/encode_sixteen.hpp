// SPDX-License-Identifier: MIT
// Halftone: Q4_0 and Q8_0, sixteen blocks of 32 weights at a time: their ends, scales and reciprocals are found together.
#pragma once

#include <halftone/format/ggml/encode_simple.hpp>
#include <halftone/quantize/ends_of_runs.hpp>
#include <halftone/scheme/symmetric.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml {

namespace sixteen_detail {

using ends = ends_for<default_arch, symmetric>;

/// Sixteen floats as fp16 codes.
template <class Arch>
HALFTONE_INLINE void store_half_codes(const float* x, std::uint16_t* codes) noexcept {
  if constexpr (converts_fp16<Arch>) {
    store_fp16(float_columns<Arch>::load(x), codes);
  } else {
#pragma GCC unroll 1  // unrolled loops are not computed in lanes
    for (std::size_t i = 0; i < lanes; ++i) {
      codes[i] = static_cast<std::uint16_t>(half_code(x[i]));
    }
  }
}

/// Scales of sixteen blocks, and 1 / scale, 0 of 0.
struct scales {
  alignas(64) float scale[lanes];
  alignas(64) float reciprocal[lanes];
  bool ordinary = true;  // every value and every reciprocal is a finite number

  /// @param largest  magnitudes that tell of a NaN or an infinity among the values
  scales(const columns& s, const columns& largest) noexcept {
    const columns zero = columns::zero();
    const columns r = where_greater(columns::broadcast(0x1p-149f), magnitude(s), zero, columns::broadcast(1.0f) / s);
    const columns infinite = columns::broadcast(std::numeric_limits<float>::infinity());
    const columns one = columns::broadcast(1.0f);
    ordinary = (where_greater(infinite, magnitude(r), zero, one) + where_greater(infinite, largest, zero, one)).all_zero();
    s.store(scale);
    r.store(reciprocal);
  }
  /// Writes the scale of block i at out + i * Bytes.
  template <std::size_t Bytes>
  HALFTONE_INLINE void store(std::uint8_t* out) const noexcept {
    std::uint16_t codes[lanes];
    store_half_codes<default_arch>(scale, codes);
    for (std::size_t i = 0; i < lanes; ++i) {
      detail::store_low_bytes<2>(codes[i], out + i * Bytes);
    }
  }
};

/// Whether ends tell of a NaN or an infinity; else they may miss a NaN.
inline constexpr bool ends_tell = !ends::lose_infinities;

}  // namespace sixteen_detail

/// Q4_0: what `encode_symmetric_block<4>` gives.
struct nibble_blocks {
  [[nodiscard]] static sixteen_detail::scales scales_of(const float* x) noexcept {
    using sixteen_detail::ends;
    alignas(64) float lows[lanes];
    alignas(64) float highs[lanes];
    ends_of_runs<default_arch, ends>::find_all(lows, highs, [&](std::size_t run) HALFTONE_INLINE_LAMBDA {
      const columns a = columns::load(x + run * 32);
      const columns b = columns::load(x + run * 32 + lanes);
      return extreme_columns<default_arch>{ends::lower(a, b), ends::higher(a, b)};
    });
    const columns zero = columns::zero();
    const columns one = columns::broadcast(1.0f);
    const columns below = zero - minimum(columns::load(lows), zero);
    const columns above = maximum(columns::load(highs), zero);
    alignas(64) float extremes[lanes];
    where_greater(below, above, zero - below, above).store(extremes);
    const columns differ = where_greater(below, above, one, zero) + where_greater(above, below, one, zero);
    if (!(one - differ).all_zero()) {  // both ends are equally far out, perhaps: the first one counts
      for (std::size_t i = 0; i < lanes; ++i) {
        extremes[i] = extreme_of(x + i * 32, 32);
      }
    }
    return {columns::load(extremes) / columns::broadcast(-8.0f), below + above};
  }

  template <std::size_t Bytes>
  static void store_codes(const float* x, const sixteen_detail::scales& s, std::uint8_t* out) noexcept {
    for (std::size_t i = 0; i < lanes; ++i) {
      const columns reciprocal = columns::broadcast(s.reciprocal[i]);
      const auto codes_of = [&](const float* at) HALFTONE_INLINE_LAMBDA {
        const columns v = product(columns::load(at), reciprocal) + columns::broadcast(8.5f);
        return integer_parts(minimum(v, columns::broadcast(15.0f)));
      };
      const int_columns<default_arch> low = codes_of(x + i * 32);
      const int_columns<default_arch> high = codes_of(x + i * 32 + lanes);
      store_levels<false>(low + shifted_up<4>(high), out + i * Bytes);
    }
  }
};

/// Q8_0: what `encode_bytes_block` gives.
struct byte_blocks {
  [[nodiscard]] static sixteen_detail::scales scales_of(const float* x) noexcept {
    alignas(64) float lows[lanes];
    alignas(64) float highs[lanes];
    ends_of_runs<default_arch, sixteen_detail::ends>::find_all(lows, highs, [&](std::size_t run) HALFTONE_INLINE_LAMBDA {
      const columns largest = maximum(magnitude(columns::load(x + run * 32)), magnitude(columns::load(x + run * 32 + lanes)));
      return extreme_columns<default_arch>{largest, largest};
    });
    const columns largest = columns::load(highs);
    return {largest / columns::broadcast(127.0f), largest};
  }

  template <std::size_t Bytes>
  static void store_codes(const float* x, const sixteen_detail::scales& s, std::uint8_t* out) noexcept {
    for (std::size_t i = 0; i < lanes; i += level_runs_at_once<default_arch>) {
      store_level_runs<default_arch, Bytes>(
          [&](std::size_t run, std::size_t half) HALFTONE_INLINE_LAMBDA {
            const columns values = columns::load(x + (i + run) * 32 + half * lanes);
            return nearest_away_levels(product(values, columns::broadcast(s.reciprocal[i + run])));
          },
          out + i * Bytes);
    }
  }
};

/// Encodes whole sixteens of blocks, scales at the begin of each, codes after it, until one holds a value that is not finite or
/// a scale so small that it has no reciprocal.
/// @return  how many blocks were written
template <class Blocks, std::size_t Bytes, std::size_t CodesAt>
[[nodiscard]] std::size_t encode_sixteens(const float* x, std::size_t blocks, std::uint8_t* out) noexcept {
  std::size_t done = 0;
  // Scales of several sixteens first: they wait for divisions, codes need not.
  const auto encode = [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto finite = [&](std::size_t i) {
      return sixteen_detail::ends_tell || all_finite(x + (done + i * lanes) * 32, lanes * 32);
    };
    if (!(finite(I) && ...)) {
      return false;
    }
    const sixteen_detail::scales scales[]{Blocks::scales_of(x + (done + I * lanes) * 32)...};
    if (!(scales[I].ordinary && ...)) {
      return false;
    }
    for (const sixteen_detail::scales& s : scales) {
      s.template store<Bytes>(out + done * Bytes);
      Blocks::template store_codes<Bytes>(x + done * 32, s, out + done * Bytes + CodesAt);
      done += lanes;
    }
    return true;
  };
  while (done + 4 * lanes <= blocks && encode(std::make_index_sequence<4>{})) {
  }
  while (done + lanes <= blocks && encode(std::make_index_sequence<1>{})) {
  }
  return done;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml
