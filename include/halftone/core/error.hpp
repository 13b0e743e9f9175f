// SPDX-License-Identifier: MIT
// Halftone: how a wrong call is reported.
#pragma once

#include <halftone/core/config.hpp>

#include <charconv>
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

}  // namespace detail

}  // namespace halftone::inline v0_1

// Kernels call these: in the namespace of the instruction set, no other object gets their copies.
namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Reports a wrong call. With exceptions it throws `error`; without them it calls HALFTONE_ERROR_HANDLER(text), a macro
/// of the user's, and terminates if that returns.
template <class... Parts>
[[noreturn]] void fail(const Parts&... parts) {
  const std::string text = detail::message(parts...);
#if defined(__cpp_exceptions)
  throw error(text);
#else
#if defined(HALFTONE_ERROR_HANDLER)
  HALFTONE_ERROR_HANDLER(text.c_str());
#endif
  std::abort();
#endif
}

/// Checks a condition on the arguments of an entry point.
template <class... Parts>
HALFTONE_INLINE void expects(bool condition, const Parts&... parts) {
  if (!condition) [[unlikely]] {
    fail(parts...);
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
