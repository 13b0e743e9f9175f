// SPDX-License-Identifier: MIT
// Halftone: codes of a run of values that share parameters, sixteen at a time.
#pragma once

#include <halftone/scheme/scheme.hpp>
#include <halftone/simd/code_stream.hpp>

#include <algorithm>
#include <cstring>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Whether codes of this scheme can be chosen sixteen at a time: uniform elements with ties to even.
template <class Scheme>
inline constexpr bool encodes_in_lanes =
    uniform_element<typename Scheme::element_type> && std::is_same_v<typename Scheme::rounding_type, nearest_even>;

/// What a caller knows of its values: `finite` saves a test for NaN.
enum class value_kind { any, finite };

/// The program of `encode_value` in lanes; parameters of one run.
template <class Arch, scheme_type Scheme, value_kind Kind>
class lane_encoder {
  using Element = typename Scheme::element_type;
  using floats = float_columns<Arch>;
  using ints = int_columns<Arch>;

 public:
  HALFTONE_INLINE lane_encoder(const group_parameters& p, float reciprocal) noexcept
      : lane_encoder(p, reciprocal, Scheme::has_zero_point ? p.zero_point : 0) {}

  [[nodiscard]] HALFTONE_INLINE ints levels(floats v) const noexcept {
    if constexpr (Scheme::has_offset) {
      v = v - offset_;
    }
    if constexpr (Scheme::has_scale) {
      v = product(v, factor_);
    }
    // A finite product is not NaN, but a difference may overflow, and infinity times 0 is.
    if constexpr (Kind == value_kind::any || Scheme::has_offset) {
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
  HALFTONE_INLINE lane_encoder(const group_parameters& p, float reciprocal, std::int32_t zero_point) noexcept
      : factor_(floats::broadcast(reciprocal)), offset_(floats::broadcast(p.offset)),
        low_(floats::broadcast(static_cast<float>(Element::min - zero_point))),
        high_(floats::broadcast(static_cast<float>(Element::max - zero_point))), zero_(ints::broadcast(zero_point)) {}

  floats factor_, offset_, low_, high_;
  ints zero_;
};

/// Writes one code a byte for `count` values with the same parameters; the program of `encode_value`. Bits above those of a
/// code are unspecified.
/// @param index  number of the first value in the matrix, for stochastic rounding
/// @param ahead  the values this far ahead are read next, and are brought into the cache meanwhile
template <class Arch, value_kind Kind, scheme_type Scheme>
HALFTONE_INLINE void encode_run(const float* x, std::size_t count, const group_parameters& p, float reciprocal,
                                const Scheme& s, std::uint64_t index, std::uint8_t* codes,
                                std::size_t ahead = values_ahead) noexcept {
  using Element = typename Scheme::element_type;
  if constexpr (encodes_in_lanes<Scheme>) {
    const lane_encoder<Arch, Scheme, Kind> encoder(p, reciprocal);
    std::size_t i = 0;
    for (; i + panel_columns <= count; i += panel_columns) {
      fetch(x + i + ahead);
      store_levels<(Element::min < 0)>(encoder.levels(float_columns<Arch>::load(x + i)), codes + i);
    }
    if (i < count) {
      std::uint8_t last[panel_columns];
      store_levels<(Element::min < 0)>(encoder.levels(float_columns<Arch>::load(x + i, count - i)), last);
      std::memcpy(codes + i, last, std::min(count - i, panel_columns));
    }
  } else {
    for (std::size_t i = 0; i < count; ++i) {
      codes[i] = static_cast<std::uint8_t>(encode_value(x[i], p, reciprocal, s, index + i));
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
  /// @param ahead  as in `encode_run`
  HALFTONE_INLINE row_encoder(const Scheme& scheme, std::uint8_t* codes, std::uint64_t index,
                              std::size_t ahead = values_ahead) noexcept
      : scheme_(scheme), codes_(codes), index_(index), ahead_(ahead) {}

  /// Encodes the next `count` values of the row.
  HALFTONE_INLINE void run(const float* x, std::size_t count, const group_parameters& p, float reciprocal) noexcept {
    if constexpr (Element::bits == 8) {
      encode_run<Arch, value_kind::finite>(x, count, p, reciprocal, scheme_, index_, codes_, ahead_);
      codes_ += count;
      index_ += count;
      return;
    }
    if constexpr (encodes_in_lanes<Scheme>) {
      if (held_ == 0 && count % panel_columns == 0) {
        const lane_encoder<Arch, Scheme, value_kind::finite> encoder(p, reciprocal);
        for (std::size_t i = 0; i < count; i += panel_columns, codes_ += 2 * Element::bits) {
          fetch(x + i + ahead_);
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
        encode_run<Arch, value_kind::finite>(x, now, p, reciprocal, scheme_, index_, buffer_ + held_, ahead_);
        held_ += now;
        x += now;
        index_ += now;
        count -= now;
      }
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
  std::size_t ahead_;
  std::size_t held_ = 0;
  std::uint8_t buffer_[Element::bits == 8 ? 8 : block + 8];
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
