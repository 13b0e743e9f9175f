// SPDX-License-Identifier: MIT
// Halftone: the caller's workspace, handed out in pieces that start on 64 bytes.
#pragma once

#include <halftone/core/arithmetic.hpp>
#include <halftone/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace halftone::inline v0_1 {

/// Takes pieces off a workspace, front to back. The workspace may start anywhere; up to 64 bytes go into alignment.
class scratch {
 public:
  explicit scratch(std::span<std::byte> workspace) noexcept : next_(workspace.data()) {
    next_ += -reinterpret_cast<std::uintptr_t>(next_) & 63;
  }

  /// Room for `count` values; uninitialized.
  template <class T>
  [[nodiscard]] T* take(std::size_t count) noexcept {
    T* result = reinterpret_cast<T*>(next_);
    next_ += bytes_of<T>(count);
    return result;
  }

  /// Bytes that `take<T>(count)` uses; saturated.
  template <class T>
  [[nodiscard]] static constexpr std::size_t bytes_of(std::size_t count) noexcept {
    return round_up(saturated_product(count, sizeof(T)), 64);
  }

 private:
  std::byte* next_;
};

}  // namespace halftone::inline v0_1
