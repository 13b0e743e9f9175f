// SPDX-License-Identifier: MIT
// Halftone: counter-based random numbers: a function of seed and counter, so that results do not depend on order.
#pragma once

#include <halftone/core/config.hpp>

#include <cstdint>

namespace halftone::inline v0_1 {

/// 64 random bits for (seed, counter): the output function of SplitMix64 (Steele, Lea and Flood, 2014), applied twice.
[[nodiscard]] HALFTONE_INLINE constexpr std::uint64_t random_bits(std::uint64_t seed, std::uint64_t counter) noexcept {
  auto mix = [](std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  };
  return mix(mix(counter * 0x9e3779b97f4a7c15u + seed) + seed);
}

/// A float in [0, 1), a multiple of 2^-24, for (seed, counter).
[[nodiscard]] HALFTONE_INLINE constexpr float random_unit(std::uint64_t seed, std::uint64_t counter) noexcept {
  return static_cast<float>(random_bits(seed, counter) >> 40) * 0x1p-24f;
}

}  // namespace halftone::inline v0_1
