// SPDX-License-Identifier: MIT
// Halftone: which schemes multiply 8-bit activations by exact integer dot products, and over which runs of k.
#pragma once

#include <halftone/element/integer_levels.hpp>
#include <halftone/scheme/scheme.hpp>

#include <algorithm>

namespace halftone::inline v0_1 {

/// Int8 activations multiply this scheme's weights by exact integer dot products: the levels are integers of at most 8
/// bits, or in a table such integers times a power of two, and parameters change only at runs along k. All other schemes take the float chain.
template <class Scheme>
inline constexpr bool has_integer_path =
    integer_valued_element<typename Scheme::element_type> && constant_along_k<typename Scheme::granularity_type> &&
    (uniform_element<typename Scheme::element_type> ? Scheme::equation != equation::level_only
                                                    : Scheme::equation == equation::scaled) &&
    !Scheme::has_own_real;

/// What the levels of such a scheme are multiplied by: 1, or the power of two of a table. It goes into the scales of the
/// activations.
template <class Scheme>
inline constexpr float level_unit = integer_levels<typename Scheme::element_type>::unit;

namespace detail {

/// Groups of weights under one float of a nested plane: 0 where the plane is not integers under a float.
template <class Storage>
inline constexpr std::size_t groups_under_one_float = 0;
template <class Nested>
  requires(uniform_element<typename Nested::element_type> && Nested::element_type::bits <= 8 &&
           Nested::equation == equation::scaled && !Nested::has_own_real &&
           one_run_a_group<typename Nested::granularity_type> && requires { Nested::granularity_type::group_size; })
inline constexpr std::size_t groups_under_one_float<quantized_again<Nested>> = Nested::granularity_type::group_size;

template <class Scheme>
[[nodiscard]] consteval std::size_t super_block_groups_of() {
  if constexpr (has_integer_path<Scheme> && Scheme::has_scale &&
                requires { Scheme::granularity_type::group_size; }) {
    if constexpr (one_run_a_group<typename Scheme::granularity_type>) {
      constexpr std::size_t groups = groups_under_one_float<typename Scheme::scale_storage>;
      if constexpr (Scheme::has_offset) {
        return groups == groups_under_one_float<typename Scheme::offset_storage> ? groups : 0;
      } else {
        return groups;
      }
    }
  }
  return 0;
}

}  // namespace detail

/// Groups of a super-block: the scales (and offsets) of so many groups are integers under one float, and sums over a
/// super-block stay integers. 0 for other schemes.
template <class Scheme>
inline constexpr std::size_t super_block_groups = detail::super_block_groups_of<Scheme>();

/// Weights along k that share one float scale, at most k: a group, or the groups of a super-block.
template <class Scheme>
[[nodiscard]] constexpr std::size_t float_group_length(const Scheme& scheme, matrix_shape shape) noexcept {
  const std::size_t run = std::max<std::size_t>(scheme.granularity.run_length(shape), 1);
  return std::min(run * std::max<std::size_t>(super_block_groups<Scheme>, 1), std::max<std::size_t>(shape.cols, 1));
}

namespace detail {
template <class Storage>
inline constexpr std::int64_t largest_level_of = 1;
template <class Nested>
inline constexpr std::int64_t largest_level_of<quantized_again<Nested>> =
    std::max<std::int64_t>(Nested::element_type::max, -std::int64_t{Nested::element_type::min});
}  // namespace detail

/// The largest magnitude of the integers of a super-block: of its scales, and of its offsets. 1 and 0 for other schemes.
template <class Scheme>
[[nodiscard]] consteval std::int64_t largest_sub_scale() {
  if constexpr (super_block_groups<Scheme> != 0) {
    return detail::largest_level_of<typename Scheme::scale_storage>;
  } else {
    return 1;
  }
}
template <class Scheme>
[[nodiscard]] consteval std::int64_t largest_sub_offset() {
  if constexpr (super_block_groups<Scheme> != 0 && Scheme::has_offset) {
    return detail::largest_level_of<typename Scheme::offset_storage>;
  } else {
    return 0;
  }
}

}  // namespace halftone::inline v0_1
