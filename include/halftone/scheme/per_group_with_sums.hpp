// SPDX-License-Identifier: MIT
// Halftone: groups that carry a number besides their parameters, which is kept but enters no product.
#pragma once

#include <halftone/scheme/granularity.hpp>

#include <span>
#include <vector>

namespace halftone::inline v0_1 {

/// `per_group<N>`, and for each group a sum in fp16 as a foreign format stores it (ggml Q8_1: the scale in binary32 times the
/// sum of the codes, which the scale in fp16 cannot give back). Empty where nobody stored any.
template <std::size_t N>
struct per_group_with_sums : per_group<N> {
  std::vector<std::uint8_t> sums;  // fp16 codes, little-endian, one a group, row by row

  [[nodiscard]] static std::string name() { return detail::message("per_group_with_sums<", N, ">"); }
  template <class Visitor>
  void for_each_plane(Visitor&& visit) {
    visit("sums", std::span<std::uint8_t>(sums));
  }
};

template <std::size_t N>
inline constexpr bool one_run_a_group<per_group_with_sums<N>> = true;

static_assert(constant_along_k<per_group_with_sums<32>>);

}  // namespace halftone::inline v0_1
