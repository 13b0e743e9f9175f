// SPDX-License-Identifier: MIT
// Halftone: the specification of exact integer sums and of the float chain over them.
#pragma once

#include <halftone/tensor/integer_path.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::reference {

/// The integer and the float that make one parameter of a group: parameter = product(real, level).
struct split_parameter {
  std::int64_t level = 1;
  float real = 0.0f;
};

/// Of a plane of integers under floats: weight row n, group j of the row.
template <class Nested>
[[nodiscard]] split_parameter split(const parameter_plane<quantized_again<Nested>>& plane, std::size_t n, std::size_t j) {
  const quantized_matrix<Nested>& q = plane.matrix();
  return {Nested::element_type::level_of(q.code_at(n, j)), q.scale_at(q.group_of(n, j))};
}

/// One output of row n of w against activations, before the token's scale and the epilogue. For each float group, ascending:
///
///   I   = sum over its groups of (integer scale * sum over the group of (level - zero_point) * a)    exact in int32
///   acc = fused(float(I), scaled(float scale), acc)                                                  from +0
///   O   = sum over its groups of (integer offset * sum over the group of a)                          exact in int32
///   acc = fused(float(O), scaled(float offset), acc)                                                 where there is an offset
///
/// A float group is a super-block, or a group, whose integers are 1.
/// @param activation  activation(k): level less its zero point
/// @param scaled      scaled(parameter, k): the parameter times the scale of activation k, where that belongs to groups
template <class Scheme, class Activation, class Scaled>
[[nodiscard]] float integer_chain(const quantized_matrix<Scheme>& w, std::size_t n, const Activation& activation,
                                  const Scaled& scaled) {
  float acc = 0.0f;
  const std::size_t run = std::max<std::size_t>(w.scheme().granularity.run_length(w.shape()), 1);
  const std::size_t length = float_group_length(w.scheme(), w.shape());
  for (std::size_t begin = 0; begin < w.cols(); begin += length) {
    std::int64_t products = 0;
    std::int64_t offsets = 0;
    split_parameter scale;
    split_parameter offset;
    for (std::size_t first = begin; first < std::min(begin + length, w.cols()); first += run) {
      const group_parameters p = w.parameters_at(w.group_of(n, first));
      scale.real = p.scale;
      offset.real = p.offset;
      if constexpr (super_block_groups<Scheme> != 0) {
        scale = split(w.scale_plane(), n, first / run);
        if constexpr (Scheme::has_offset) {
          offset = split(w.offset_plane(), n, first / run);
        }
      }
      std::int64_t sum = 0;
      std::int64_t activations = 0;
      for (std::size_t k = first; k < std::min(first + run, w.cols()); ++k) {
        const std::int64_t a = activation(k);
        sum += (integer_levels<typename Scheme::element_type>::level_of(w.code_at(n, k)) - p.zero_point) * a;
        activations += a;
      }
      products += scale.level * sum;
      offsets += offset.level * activations;
    }
    acc = fused(static_cast<float>(static_cast<std::int32_t>(products)), scaled(scale.real, begin), acc);
    if constexpr (Scheme::has_offset) {
      acc = fused(static_cast<float>(static_cast<std::int32_t>(offsets)), scaled(offset.real, begin), acc);
    }
  }
  return acc;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::reference
