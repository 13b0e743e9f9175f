// SPDX-License-Identifier: MIT
// Halftone: metadata values as the bytes of a GGUF file.
#pragma once

#include <halftone/io/gguf_value.hpp>

#include <type_traits>

namespace halftone::inline v0_1 {

namespace detail {

template <class T>
inline constexpr bool is_gguf_list = is_vector<T>;
template <class T>
inline constexpr bool is_gguf_list<std::span<T>> = true;

template <class T>
[[nodiscard]] consteval bool is_gguf_writable() noexcept {
  if constexpr (is_gguf_list<T>) {
    return is_gguf_writable<typename T::value_type>();
  } else {
    return gguf_scalar<T> || std::is_convertible_v<const T&, std::string_view> || std::same_as<T, gguf_value>;
  }
}

}  // namespace detail

/// What can be a metadata value: a scalar, text, a std::vector or std::span of these or of each other (an array, its
/// elements all of one type), or a value of another file.
template <class T>
concept gguf_writable = detail::is_gguf_writable<T>();

namespace detail {

/// The type of a value in the file. Elements of arrays have it from their C++ type, so a list of values of a file has
/// none.
template <gguf_writable T>
[[nodiscard]] consteval gguf_value_type gguf_type_written_as() noexcept {
  if constexpr (is_gguf_list<T>) {
    static_assert(!std::same_as<typename T::value_type, gguf_value>,
                  "a list of gguf_value may be of several types: write the array that they are from");
    return gguf_value_type::array;
  } else if constexpr (gguf_scalar<T>) {
    return gguf_value_type_of<T>();
  } else {
    return gguf_value_type::string;
  }
}

/// Appends a value without its type.
template <gguf_writable T>
void append_gguf_value(std::vector<std::uint8_t>& bytes, const T& value, std::endian order) {
  if constexpr (std::same_as<T, gguf_value>) {
    value.visit([&]<class Read>(const Read& read) {
      if constexpr (std::same_as<Read, gguf_array>) {
        append_gguf(bytes, static_cast<std::uint32_t>(read.element_type()), order);
        append_gguf(bytes, static_cast<std::uint64_t>(read.size()), order);
        for (const gguf_value element : read) {
          append_gguf_value(bytes, element, order);
        }
      } else {
        append_gguf(bytes, read, order);
      }
    });
  } else if constexpr (is_gguf_list<T>) {
    using element = typename T::value_type;
    append_gguf(bytes, static_cast<std::uint32_t>(gguf_type_written_as<element>()), order);
    append_gguf(bytes, static_cast<std::uint64_t>(value.size()), order);
    for (const element& each : value) {
      append_gguf_value<element>(bytes, each, order);
    }
  } else if constexpr (gguf_scalar<T>) {
    append_gguf(bytes, value, order);
  } else {
    append_gguf(bytes, std::string_view(value), order);
  }
}

/// Appends the type of a value and the value.
template <gguf_writable T>
void append_gguf_typed(std::vector<std::uint8_t>& bytes, const T& value, std::endian order) {
  gguf_value_type type{};
  if constexpr (std::same_as<T, gguf_value>) {
    type = value.type();
  } else {
    type = gguf_type_written_as<T>();
  }
  append_gguf(bytes, static_cast<std::uint32_t>(type), order);
  append_gguf_value(bytes, value, order);
}

}  // namespace detail

}  // namespace halftone::inline v0_1
