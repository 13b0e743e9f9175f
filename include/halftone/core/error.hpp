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

// Of the instruction set, as all that runs: no other object gets these copies.
namespace halftone::inline v0_1::inline HALFTONE_ISA::isa_detail {

/// A part of a message: text, or the digits of a number. Few functions for all messages: a scheme's kernels hold dozens of
/// checks, and what only runs once should cost little to compile.
class message_part {
 public:
  HALFTONE_COLD message_part(std::string_view text) noexcept : text_(text) {}
  HALFTONE_COLD message_part(float x) noexcept { digits_of(x); }
  HALFTONE_COLD message_part(double x) noexcept { digits_of(x); }
  HALFTONE_COLD message_part(long long x) noexcept { digits_of(x); }
  HALFTONE_COLD message_part(unsigned long long x) noexcept { digits_of(x); }
  message_part(const message_part&) = delete;
  message_part& operator=(const message_part&) = delete;
  [[nodiscard]] std::string_view text() const noexcept { return text_; }

 private:
  template <class Number>
  void digits_of(Number x) noexcept {
    text_ = {digits_, static_cast<std::size_t>(std::to_chars(digits_, digits_ + sizeof digits_, x).ptr - digits_)};
  }
  std::string_view text_;
  char digits_[32];
};

/// What becomes a part: text, a float, or an integer of the widest type.
template <class Part>
[[nodiscard]] constexpr auto widest(const Part& part) noexcept {
  if constexpr (std::is_convertible_v<Part, std::string_view>) {
    return std::string_view{part};
  } else if constexpr (std::is_floating_point_v<Part>) {
    return part;
  } else if constexpr (std::is_unsigned_v<Part>) {
    return static_cast<unsigned long long>(part);
  } else {
    return static_cast<long long>(part);
  }
}

[[nodiscard]] HALFTONE_COLD inline std::string joined_parts(const message_part* parts, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += parts[i].text();
  }
  return text;
}

template <class... Parts>
[[nodiscard]] HALFTONE_COLD std::string joined(const Parts&... parts) {
  if constexpr (sizeof...(Parts) == 0) {
    return {};
  } else {
    const message_part all[] = {message_part(widest(parts))...};
    return joined_parts(all, sizeof...(Parts));
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::isa_detail

namespace halftone::inline v0_1 {

/// What every entry point throws for a wrong call (shapes, strides, null, overlap, parameters, bounds).
/// The text begins with the name of the entry point and carries the numbers.
class error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

namespace detail {

/// Concatenates text and numbers.
template <class... Parts>
[[nodiscard]] std::string message(const Parts&... parts) {
  return isa_detail::joined(parts...);
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
[[noreturn]] HALFTONE_COLD void fail([[maybe_unused]] const Parts&... parts) {
#if defined(__cpp_exceptions)
  throw error(isa_detail::joined(parts...));
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
