// SPDX-License-Identifier: MIT
// Halftone: the product of two numbers from a file.
#pragma once

#include <halftone/core/config.hpp>

#include <cstdint>
#include <optional>

namespace halftone::inline v0_1::detail {

/// The product, or none if it is 2^64 or more: by division, so that nothing wraps.
[[nodiscard]] constexpr std::optional<std::uint64_t> checked_mul(std::uint64_t a, std::uint64_t b) noexcept {
  if (a != 0 && b > ~std::uint64_t{0} / a) {
    return std::nullopt;
  }
  return a * b;
}

}  // namespace halftone::inline v0_1::detail
