// SPDX-License-Identifier: MIT
// Halftone: codes of a run of values that share parameters, sixteen at a time.
#pragma once

#include <halftone/quantize/parameter_batch.hpp>
#include <halftone/quantize/register_encoder.hpp>
#include <halftone/simd/code_stream.hpp>

#include <algorithm>
#include <cstring>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// The program of `encode_value` in lanes; parameters of one run.
template <class Arch, scheme_type Scheme, value_kind Kind>
class lane_encoder {
  using Element = typename Scheme::element_type;
  using floats = float_columns<Arch>;
  using ints = int_columns<Arch>;

 public:
  HALFTONE_INLINE lane_encoder(const group_parameters& p, float factor) noexcept
      : lane_encoder(p, factor, Scheme::has_zero_point ? p.zero_point : 0) {}

  [[nodiscard]] HALFTONE_INLINE ints levels(floats v) const noexcept {
    if constexpr (Scheme::has_offset) {
      v = v - offset_;
    }
    if constexpr (Scheme::has_scale) {
      v = Scheme::scaling_type::scaled(v, factor_);
    }
    // A finite product is not NaN, but a difference may overflow, and infinity times 0 is.
    if constexpr (Kind == value_kind::any || (Kind == value_kind::finite && Scheme::has_offset)) {
      v = zero_if_nan(v);
    }
    const ints level = nearest_integers(minimum(maximum(v, low_), high_));
    if constexpr (Scheme::has_zero_point) {
      return level + zero_;
    } else {
      return level;
    }
  }

 private:
  HALFTONE_INLINE lane_encoder(const group_parameters& p, float factor, std::int32_t zero_point) noexcept
      : factor_(floats::broadcast(factor)), offset_(floats::broadcast(p.offset)),
        low_(floats::broadcast(static_cast<float>(Element::min - zero_point))),
        high_(floats::broadcast(static_cast<float>(Element::max - zero_point))), zero_(ints::broadcast(zero_point)) {}

  floats factor_, offset_, low_, high_;
  ints zero_;
};

/// Writes one code a byte for `count` values with the same parameters; the program of `encode_value`. Bits above those of a
/// code are unspecified.
/// @param index  number of the first value in the matrix, for stochastic rounding
template <class Arch, value_kind Kind, scheme_type Scheme>
HALFTONE_INLINE void encode_run(const float* x, std::size_t count, const group_parameters& p, float factor,
                                const Scheme& s, std::uint64_t index, std::uint8_t* codes) noexcept {
  using Element = typename Scheme::element_type;
  if constexpr (encodes_in_lanes<Scheme>) {
    std::size_t i = 0;
    if constexpr (encodes_in_registers<Arch, Scheme> && Element::bits == 8) {
      using registers = register_encoder<Arch, Scheme, Kind>;
      const registers encoder(p, factor);
      for (; i + registers::size <= count; i += registers::size) {
        if constexpr (Kind == value_kind::any) {  // nobody looked at the values before
          for (std::size_t line = 0; line < registers::size; line += panel_columns) {
            fetch_values<Arch>(x + i + line);
          }
        } else {
          fetch_next_pass<Arch, registers::size>(x + i, count);
        }
        encoder.encode(x + i, codes + i);
      }
    }
    const lane_encoder<Arch, Scheme, Kind> encoder(p, factor);
    for (; i + panel_columns <= count; i += panel_columns) {
      store_levels<(Element::min < 0)>(encoder.levels(float_columns<Arch>::load(x + i)), codes + i);
    }
    if (i < count) {
      std::uint8_t last[panel_columns];
      store_levels<(Element::min < 0)>(encoder.levels(float_columns<Arch>::load(x + i, count - i)), last);
      std::memcpy(codes + i, last, std::min(count - i, panel_columns));
    }
  } else if constexpr (table_element<Element>) {
    // Scaled in lanes first: a product that is opaque to compilers would keep them from computing the rest in lanes.
    constexpr std::size_t most = 4 * panel_columns;
    alignas(64) float scaled[most];
    const auto scale_factor = float_columns<Arch>::broadcast(factor);
    const auto offset = float_columns<Arch>::broadcast(p.offset);
    const auto scale = [&](float_columns<Arch> v, float* to) HALFTONE_INLINE_LAMBDA {
      if constexpr (Scheme::has_offset) {
        v = v - offset;
      }
      if constexpr (Scheme::has_scale) {
        v = Scheme::scaling_type::scaled(v, scale_factor);
      }
      v.store(to);
    };
    std::size_t i = 0;
    const auto whole = [&]<std::size_t Lanes>(std::integral_constant<std::size_t, Lanes>) HALFTONE_INLINE_LAMBDA {
      for (; i + Lanes <= count; i += Lanes) {
        for (std::size_t k = 0; k < Lanes; k += panel_columns) {
          scale(float_columns<Arch>::load(x + i + k), scaled + k);
        }
        std::uint8_t encoded[Lanes];  // not `codes`, which might overlap what is read
#pragma GCC unroll 1  // unrolled loops are not computed in lanes
        for (std::size_t k = 0; k < Lanes; ++k) {
          encoded[k] = static_cast<std::uint8_t>(s.element.encode(scaled[k]));
        }
        std::memcpy(codes + i, encoded, Lanes);
      }
    };
    whole(std::integral_constant<std::size_t, most>{});
    whole(std::integral_constant<std::size_t, panel_columns>{});
    if (i < count) {
      scale(float_columns<Arch>::load(x + i, count - i), scaled);
      for (std::size_t k = 0; k < count - i; ++k) {
        codes[i + k] = static_cast<std::uint8_t>(s.element.encode(scaled[k]));
      }
    }
  } else {
    for (std::size_t i = 0; i < count; ++i) {
      codes[i] = static_cast<std::uint8_t>(encode_value(x[i], p, factor, s, index + i));
    }
  }
}

/// Writes the codes of a row run by run, packed as they come.
template <class Arch, scheme_type Scheme>
class row_encoder {
  using Element = typename Scheme::element_type;
  static constexpr std::size_t block = 1024;

 public:
  /// @param codes  the row, Element::bits * columns / 8 bytes
  /// @param index  number of the row's first value in the matrix
  HALFTONE_INLINE row_encoder(const Scheme& scheme, std::uint8_t* codes, std::uint64_t index) noexcept
      : scheme_(scheme), codes_(codes), index_(index) {}

  /// Encodes the next `count` values of the row.
  HALFTONE_INLINE void run(const float* x, std::size_t count, const group_parameters& p, float factor) noexcept {
    if constexpr (Element::bits == 8) {
      encode_run<Arch, value_kind::finite>(x, count, p, factor, scheme_, index_, codes_);
      codes_ += count;
      index_ += count;
      return;
    }
    if constexpr (encodes_in_lanes<Scheme>) {
      if (held_ == 0 && count % panel_columns == 0) {
        std::size_t i = 0;
        if constexpr (encodes_in_registers<Arch, Scheme>) {
          using registers = register_encoder<Arch, Scheme, value_kind::finite>;
          const registers encoder(p, factor);
          for (; i + registers::size <= count; i += registers::size, codes_ += registers::bytes_written) {
            encoder.encode(x + i, codes_);
          }
        }
        const lane_encoder<Arch, Scheme, value_kind::finite> encoder(p, factor);
        for (; i < count; i += panel_columns, codes_ += 2 * Element::bits) {
          store_code_levels<Element::bits, (Element::min < 0)>(encoder.levels(float_columns<Arch>::load(x + i)), codes_);
        }
        index_ += count;
        return;
      }
    }
    if constexpr (Element::bits != 8) {
      while (count != 0) {
        if (held_ + panel_columns > block) {
          flush();
        }
        const std::size_t now = std::min(count, (block - held_) / panel_columns * panel_columns);
        encode_run<Arch, value_kind::finite>(x, now, p, factor, scheme_, index_, buffer_ + held_);
        held_ += now;
        x += now;
        index_ += now;
        count -= now;
      }
    }
  }
  /// Encodes the next `count` runs of `length` values, the last one of `last`, whose first values are `pitch` apart.
  /// @param small  whether their values are, as `value_kind` says
  HALFTONE_INLINE void runs(const float* x, std::size_t pitch, std::size_t length, std::size_t count, std::size_t last,
                            const parameter_batch& batch, [[maybe_unused]] bool small) noexcept {
    std::size_t i = 0;
    if constexpr (encodes_in_registers<Arch, Scheme>) {
      using registers = register_encoder<Arch, Scheme, value_kind::small>;
      const auto encoder = [&](std::size_t run) HALFTONE_INLINE_LAMBDA {
        return registers(batch.of(run), batch.factor[run]);
      };
      const std::size_t whole = !small || held_ != 0 ? 0 : last == length ? count : count - 1;
      const std::size_t ahead = count * pitch;
      if (length % registers::size == 0) {
        for (; i < whole; ++i) {
          const registers one = encoder(i);
          for (std::size_t k = 0; k < length; k += registers::size, codes_ += registers::bytes_written) {
            fetch_next_pass<Arch, registers::size>(x + i * pitch + k, ahead);
            one.encode(x + i * pitch + k, codes_);
          }
        }
      } else if (length == registers::size / 2) {
        for (; i + 2 <= whole; i += 2, codes_ += registers::bytes_written) {
          fetch_next_pass<Arch, registers::size / 2>(x + i * pitch, ahead);
          fetch_next_pass<Arch, registers::size / 2>(x + (i + 1) * pitch, ahead);
          registers::store(encoder(i).words(x + i * pitch), encoder(i + 1).words(x + (i + 1) * pitch), codes_);
        }
      }
      index_ += i * length;
    }
    for (; i < count; ++i) {
      run(x + i * pitch, i + 1 < count ? length : last, batch.of(i), batch.factor[i]);
    }
  }
  /// Writes what is left.
  HALFTONE_INLINE void finish() noexcept {
    if constexpr (Element::bits != 8) {
      pack_code_run<Arch, Element::bits>(buffer_, held_, codes_);
    }
  }

 private:
  /// Packs all whole bytes; the codes after them move to the front.
  HALFTONE_INLINE void flush() noexcept {
    const std::size_t whole = held_ / 8 * 8;
    pack_code_run<Arch, Element::bits>(buffer_, whole, codes_);
    codes_ += whole / 8 * Element::bits;
    std::memcpy(buffer_, buffer_ + whole, 8);
    held_ -= whole;
  }

  const Scheme& scheme_;
  std::uint8_t* codes_;
  std::uint64_t index_;
  std::size_t held_ = 0;
  std::uint8_t buffer_[Element::bits == 8 ? 8 : block + 8];
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
