// SPDX-License-Identifier: MIT
// Halftone: 8-bit activations in the order of the packed groups, with their sums.
#pragma once

#include <halftone/gemm/panel_layout.hpp>
#include <halftone/gemm/scratch.hpp>
#include <halftone/simd/simd.hpp>
#include <halftone/tensor/activations.hpp>

#include <concepts>
#include <cstring>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Bytes of a prepared quad.
template <activation_format Format>
inline constexpr std::size_t quad_bytes = Format == activation_format::wide ? 8 : 4;

/// What belongs to the weights, but is multiplied into activations, once for all columns.
struct weight_fold {
  std::int32_t sums = 1;  ///< factor of the sums: what weights exceed levels by
  float unit = 1.0f;      ///< factor of the scales: a power of two
};

/// A block of rows as the dot products want them: quads padded with zeros, groups starting on a quad.
template <activation_format Format>
struct prepared_activations {
  const std::uint8_t* codes = nullptr;  ///< [rows][row_bytes]
  std::size_t row_bytes = 0;
  const std::int32_t* sums = nullptr;   ///< [rows][groups]: factor * sum over the group of (level - zero_point)
  std::size_t groups = 0;
  const std::int32_t* zeros = nullptr;  ///< [rows]: the prepared code of real zero
  const float* scales = nullptr;        ///< [rows]
  bool has_zeros = false;               ///< whether any of `zeros` is not 0
  const float* group_scales = nullptr;  ///< [rows][groups], where activations have a scale a group

  [[nodiscard]] static constexpr std::size_t padded_row_bytes(const panel_geometry& g) noexcept {
    return saturated_sum(round_up(saturated_product(g.quads + 8, quad_bytes<Format>), 64),
                         64);  // off powers of two, which share cache sets
  }
  /// Bytes of workspace for `rows` rows.
  [[nodiscard]] static constexpr std::size_t workspace_bytes(std::size_t rows, const panel_geometry& g) noexcept {
    const std::size_t codes = scratch::bytes_of<std::uint8_t>(saturated_product(rows, padded_row_bytes(g)));
    const std::size_t sums = scratch::bytes_of<std::int32_t>(saturated_product(rows, g.groups));
    return saturated_sum(saturated_sum(codes, sums), 2 * scratch::bytes_of<std::int32_t>(rows));
  }
};

/// Copies levels into quads, the last one padded with zeros; returns the sum of the levels.
template <activation_format Format, bool Signed>
inline std::int32_t prepare_quads(const std::uint8_t* levels, std::size_t count, std::uint8_t* quads) noexcept {
  std::int32_t sum = 0;
  if constexpr (Format == activation_format::wide) {
    constexpr std::size_t order[4] = {0, 2, 1, 3};  // where k of a quad goes: a0, a2, a1, a3
    std::int16_t four[4];
    for (std::size_t k = 0; k < count; k += 4) {
      for (std::size_t i = 0; i < 4; ++i) {
        const std::int32_t level = k + i >= count ? 0
                                   : Signed       ? static_cast<std::int8_t>(levels[k + i])
                                                  : static_cast<std::int32_t>(levels[k + i]);
        four[order[i]] = static_cast<std::int16_t>(level);
        sum += level;
      }
      std::memcpy(quads + 2 * k, four, 8);
    }
  } else {
    // The other signedness is the same byte with its top bit flipped: a level moved by 128.
    constexpr std::uint8_t flip = (Format == activation_format::signed_bytes) == Signed ? 0 : 0x80;
    for (std::size_t k = 0; k < count; ++k) {
      quads[k] = static_cast<std::uint8_t>(levels[k] ^ flip);
      sum += Signed ? static_cast<std::int8_t>(levels[k]) : static_cast<std::int32_t>(levels[k]);
    }
    for (std::size_t k = count; k % 4 != 0; ++k) {
      quads[k] = 0;
    }
  }
  return sum;
}

/// Whether the leaf writes quads and sums levels in lanes.
template <class Arch>
inline constexpr bool sums_levels_in_lanes = requires { typename native<Arch>::level_sums; };

/// The same for one group, its sum in parts.
template <activation_format Format, bool Signed, class Arch>
  requires sums_levels_in_lanes<Arch>
[[nodiscard]] HALFTONE_INLINE auto prepare_group_sums(const std::uint8_t* levels, std::size_t count,
                                                      std::uint8_t* quads) noexcept {
  using registers = native<Arch>;
  auto sums = registers::no_levels();
  std::size_t i = 0;
  const auto at = [&]() HALFTONE_INLINE_LAMBDA { return quads + i / 4 * quad_bytes<Format>; };
  if constexpr (requires { registers::template write_eight_quads<Format, Signed>(levels, quads, sums); }) {
    for (; i + 32 <= count; i += 32) {
      registers::template write_eight_quads<Format, Signed>(levels + i, at(), sums);
    }
  }
  for (; i + 16 <= count; i += 16) {
    registers::template write_four_quads<Format, Signed>(levels + i, at(), sums);
  }
  if (i < count) {
    sums = registers::sum(sums, registers::sums_of(prepare_quads<Format, Signed>(levels + i, count - i, at())));
  }
  return sums;
}

/// The same for one group.
template <activation_format Format, bool Signed, class Arch = default_arch>
inline std::int32_t prepare_group(const std::uint8_t* levels, std::size_t count, std::uint8_t* quads) noexcept {
  if constexpr (sums_levels_in_lanes<Arch>) {
    return native<Arch>::total(prepare_group_sums<Format, Signed, Arch>(levels, count, quads));
  } else {
    return prepare_quads<Format, Signed>(levels, count, quads);
  }
}

/// A row of groups; sums become factor * (sum - count * zero_point), modulo 2^32 like every integer step.
template <activation_format Format, bool Signed, class Arch = default_arch>
inline void prepare_row(const std::uint8_t* levels, const panel_geometry& g, std::int32_t zero_point, std::int32_t factor,
                        std::uint8_t* quads, std::int32_t* sums) noexcept {
  const auto place = [&](std::size_t group) HALFTONE_INLINE_LAMBDA { return quads + g.quad_begin(group) * quad_bytes<Format>; };
  std::size_t group = 0;
  if constexpr (sums_levels_in_lanes<Arch>) {
    const auto fours = [&](auto run) HALFTONE_INLINE_LAMBDA {
      for (; (group + 4) * run <= g.k; group += 4) {
        typename native<Arch>::level_sums four[4];
        for (std::size_t i = 0; i < 4; ++i) {
          four[i] = prepare_group_sums<Format, Signed, Arch>(levels + (group + i) * run, run, place(group + i));
        }
        native<Arch>::store_totals(four, static_cast<std::int32_t>(run) * zero_point, factor, sums + group);
      }
    };
    if (g.run == 32) {
      fours(std::integral_constant<std::size_t, 32>{});  // the usual short groups: no loops inside
    } else {
      fours(g.run);
    }
  }
  for (; group < g.groups; ++group) {
    const std::size_t begin = g.group_begin(group);
    const std::size_t count = g.group_end(group) - begin;
    const std::int32_t sum = prepare_group<Format, Signed, Arch>(levels + begin, count, place(group));
    const std::int32_t centred = sum - static_cast<std::int32_t>(count) * zero_point;
    sums[group] = static_cast<std::int32_t>(static_cast<std::uint32_t>(factor) * static_cast<std::uint32_t>(centred));
  }
}

/// What makes a row of codes right before it is read, while the first cache holds it: by default nothing, they are there.
class row_maker {
 public:
  row_maker() = default;
  template <std::invocable<std::size_t> Make>
  explicit row_maker(const Make& make) noexcept
      : object_(&make), make_([](const void* object, std::size_t row) { (*static_cast<const Make*>(object))(row); }) {}
  void operator()(std::size_t row) const {
    if (make_ != nullptr) {
      make_(object_, row);
    }
  }

 private:
  const void* object_ = nullptr;
  void (*make_)(const void*, std::size_t) = nullptr;
};

/// Prepares rows [first, first + rows) of x.
/// @param fold    what sums and scales are multiplied by
/// @param make    called with the number of each row of x before anything of the row is read
template <activation_format Format>
[[nodiscard]] inline prepared_activations<Format> prepare(const activation_view& x, std::size_t first, std::size_t rows,
                                                          const panel_geometry& g, const weight_fold& fold,
                                                          scratch& memory, const row_maker& make = {}) noexcept {
  const std::size_t row_bytes = prepared_activations<Format>::padded_row_bytes(g);
  auto* codes = memory.take<std::uint8_t>(rows * row_bytes);
  auto* sums = memory.take<std::int32_t>(rows * g.groups);
  auto* zeros = memory.take<std::int32_t>(rows);
  auto* scales = memory.take<float>(rows);
  bool has_zeros = false;
  for (std::size_t r = 0; r < rows; ++r) {
    make(first + r);
    const std::int32_t zero_point = x.zero_point(first + r);
    const std::int32_t moved = Format == activation_format::wide ? 0
                               : (Format == activation_format::signed_bytes) == x.is_signed ? 0
                               : x.is_signed ? 128 : -128;
    scales[r] = product(x.scale(first + r), fold.unit);
    zeros[r] = zero_point + moved;
    has_zeros = has_zeros || zeros[r] != 0;
    const std::uint8_t* levels = x.codes.row_data(first + r);
    std::uint8_t* row = codes + r * row_bytes;
    if (x.is_signed) {
      prepare_row<Format, true>(levels, g, zero_point, fold.sums, row, sums + r * g.groups);
    } else {
      prepare_row<Format, false>(levels, g, zero_point, fold.sums, row, sums + r * g.groups);
    }
    std::memset(row + g.quads * quad_bytes<Format>, 0, row_bytes - g.quads * quad_bytes<Format>);
  }
  return {.codes = codes, .row_bytes = row_bytes, .sums = sums, .groups = g.groups, .zeros = zeros, .scales = scales,
          .has_zeros = has_zeros};
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
