// SPDX-License-Identifier: MIT
// Halftone: bitsandbytes' dynamic map: 8 bits that are spent on exponents where numbers are small.
#pragma once

#include <halftone/element/codebook.hpp>

namespace halftone::inline v0_1 {

namespace tables {

/// For each of seven decades from 10^-6 on, twice as many means of neighbours as for the one before:
///
///   b_j = 0.1 .. 1 in 2^i (signed) or 2^(i + 1) (unsigned) equal steps,  entries 10^(i - 6) * (b_j + b_(j + 1)) / 2
///
/// with both signs or without, 0 and 1. In float, rounded as torch.linspace rounds: bitsandbytes' table to the bit. Dettmers,
/// arXiv:1511.04561; Dettmers et al., arXiv:2110.02861.
template <bool Signed>
[[nodiscard]] constexpr std::array<float, 256> dynamic_map_entries() noexcept {
  constexpr std::array<float, 7> decades{1e-6f, 1e-5f, 1e-4f, 1e-3f, 1e-2f, 0.1f, 1.0f};
  std::array<float, 256> entries{};
  std::size_t above = Signed ? 128 : 1;  // after zero
  std::size_t below = 126;
  entries[255] = 1.0f;
  for (std::size_t decade = 0; decade < decades.size(); ++decade) {
    const std::size_t steps = std::size_t{1} << (Signed ? decade : decade + 1);
    const float step = (1.0f - 0.1f) / static_cast<float>(steps);
    const auto boundary = [&](std::size_t j) {  // from the nearer end
      return j < (steps + 1) / 2 ? detail::fused_by_double(step, static_cast<float>(j), 0.1f)
                                 : detail::fused_by_double(-step, static_cast<float>(steps - j), 1.0f);
    };
    for (std::size_t j = 0; j < steps; ++j) {
      const float entry = decades[decade] * ((boundary(j) + boundary(j + 1)) / 2.0f);
      entries[above++] = entry;
      if (Signed) {
        entries[below--] = -entry;
      }
    }
  }
  return entries;
}

struct dynamic8 {
  static constexpr std::array<float, 256> entries = dynamic_map_entries<true>();
  static std::string name() { return "dynamic8"; }
};
struct dynamic8_unsigned {
  static constexpr std::array<float, 256> entries = dynamic_map_entries<false>();
  static std::string name() { return "dynamic8_unsigned"; }
};

}  // namespace tables

using dynamic8 = codebook<tables::dynamic8>;                    ///< -0.993 .. 1
using dynamic8_unsigned = codebook<tables::dynamic8_unsigned>;  ///< 0 .. 1: state that is never negative

static_assert(dynamic8::bits == 8 && dynamic8::decode(127) == 0.0f && dynamic8::decode(255) == 1.0f);
static_assert(dynamic8_unsigned::decode(0) == 0.0f && dynamic8_unsigned::decode(255) == 1.0f);

}  // namespace halftone::inline v0_1
