// SPDX-License-Identifier: MIT
// Halftone: how a wrong call is reported.
#pragma once

#include <halftone/core/config.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace halftone::inline v0_1 {

/// What every entry point throws for a wrong call (shapes, strides, null, overlap, parameters, bounds).
/// The text begins with the name of the entry point and carries the numbers.
class error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

namespace detail {

template <class Part>
void append(std::string& text, const Part& part) {
  if constexpr (std::is_convertible_v<Part, std::string_view>) {
    text += std::string_view{part};
  } else if constexpr (std::is_floating_point_v<Part>) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, part).ptr;
    text.append(digits, end);
  } else {
    text += std::to_string(part);
  }
}

/// Concatenates text and numbers.
template <class... Parts>
[[nodiscard]] std::string message(const Parts&... parts) {
  std::string text;
  (append(text, parts), ...);
  return text;
}

/// Text and numbers without a heap: as much as fits.
class short_text {
 public:
  template <class Part>
  void append(const Part& part) noexcept {
    if constexpr (std::is_convertible_v<Part, std::string_view>) {
      const std::string_view text = part;
      const std::size_t count = std::min(text.size(), sizeof text_ - 1 - size_);
      text.copy(text_ + size_, count);
      size_ += count;
    } else {
      char digits[32];
      append(std::string_view(digits, std::to_chars(digits, digits + sizeof digits, part).ptr));
    }
  }
  [[nodiscard]] const char* c_str() const noexcept { return text_; }

 private:
  char text_[256] = {};
  std::size_t size_ = 0;
};

}  // namespace detail

}  // namespace halftone::inline v0_1

// Kernels call these: in the namespace of the instruction set, no other object gets their copies.
namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Reports a wrong call. With exceptions it throws `error`. Without them it calls HALFTONE_ERROR_HANDLER(text), a macro of
/// the user's, with the first 255 characters, and aborts if that returns or if there is none; it uses no heap.
template <class... Parts>
[[noreturn]] void fail([[maybe_unused]] const Parts&... parts) {
#if defined(__cpp_exceptions)
  throw error(detail::message(parts...));
#else
#if defined(HALFTONE_ERROR_HANDLER)
  detail::short_text text;
  (text.append(parts), ...);
  HALFTONE_ERROR_HANDLER(text.c_str());
#endif
  std::abort();
#endif
}

/// Checks a condition on the arguments of an entry point.
template <class... Parts>
HALFTONE_INLINE constexpr void expects(bool condition, const Parts&... parts) {
  if (!condition) [[unlikely]] {
    fail(parts...);
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
