// SPDX-License-Identifier: MIT
// Halftone: numbers and strings in the bytes of a GGUF file of either byte order.
#pragma once

#include <halftone/io/gguf_type.hpp>

#include <algorithm>
#include <bit>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace halftone::inline v0_1::detail {

template <gguf_scalar T>
using gguf_bits =
    std::conditional_t<sizeof(T) == 1, std::uint8_t,
                       std::conditional_t<sizeof(T) == 2, std::uint16_t,
                                          std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>>;

/// The position of the byte of weight 256^i in a number of `size` bytes.
[[nodiscard]] constexpr std::size_t gguf_place(std::size_t i, std::size_t size, std::endian order) noexcept {
  return order == std::endian::little ? i : size - 1 - i;
}

/// Reads onward from a place in a file, and never past its end: what is not there is zero, or an empty string. Whoever
/// checks a file asks `remaining` first; whoever reads a checked one need not.
class gguf_cursor {
 public:
  gguf_cursor(std::span<const std::uint8_t> file, std::size_t at, std::endian order) noexcept
      : file_(file), at_(at), order_(order) {}

  [[nodiscard]] std::span<const std::uint8_t> file() const noexcept { return file_; }
  [[nodiscard]] std::size_t at() const noexcept { return at_; }
  [[nodiscard]] std::size_t remaining() const noexcept { return file_.size() - at_; }
  [[nodiscard]] std::endian order() const noexcept { return order_; }

  void skip(std::uint64_t bytes) noexcept {
    at_ = bytes > remaining() ? file_.size() : at_ + static_cast<std::size_t>(bytes);
  }

  template <gguf_scalar T>
  T take() noexcept {
    if (remaining() < sizeof(T)) {
      at_ = file_.size();
      return T{};
    }
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      bits |= std::uint64_t{file_[at_ + gguf_place(i, sizeof(T), order_)]} << (8 * i);
    }
    at_ += sizeof(T);
    if constexpr (std::same_as<T, bool>) {
      return bits != 0;
    } else {
      return std::bit_cast<T>(static_cast<gguf_bits<T>>(bits));
    }
  }

  /// A length of 64 bits and as many bytes.
  std::string_view take_string() noexcept {
    const auto length = take<std::uint64_t>();
    const std::size_t size = length > remaining() ? remaining() : static_cast<std::size_t>(length);
    const char* const text = reinterpret_cast<const char*>(file_.data()) + at_;
    at_ += size;
    return {text, size};
  }

 private:
  std::span<const std::uint8_t> file_;
  std::size_t at_;
  std::endian order_;
};

/// Appends a number.
template <gguf_scalar T>
void append_gguf(std::vector<std::uint8_t>& bytes, T value, std::endian order) {
  std::uint64_t bits = 0;
  if constexpr (std::same_as<T, bool>) {
    bits = value ? 1 : 0;
  } else {
    bits = std::bit_cast<gguf_bits<T>>(value);
  }
  const std::size_t begin = bytes.size();
  bytes.resize(begin + sizeof(T));
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bytes[begin + gguf_place(i, sizeof(T), order)] = static_cast<std::uint8_t>(bits >> (8 * i));
  }
}

/// Appends a length of 64 bits and the text.
inline void append_gguf(std::vector<std::uint8_t>& bytes, std::string_view text, std::endian order) {
  append_gguf(bytes, static_cast<std::uint64_t>(text.size()), order);
  bytes.insert(bytes.end(), text.begin(), text.end());
}

}  // namespace halftone::inline v0_1::detail
