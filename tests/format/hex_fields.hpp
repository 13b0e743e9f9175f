// SPDX-License-Identifier: MIT
// Halftone tests: fields of recorded lines: bytes in hexadecimal, numbers little-endian.
#pragma once

#include <halftone/element/bit_packing.hpp>

#include <bit>
#include <string>
#include <vector>

namespace halftone_test {

inline std::vector<std::uint8_t> bytes_of(const std::string& text) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(text.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}
/// Numbers of 32 bits: float or std::int32_t.
template <class T>
std::vector<T> numbers_of(const std::string& text) {
  const std::vector<std::uint8_t> bytes = bytes_of(text);
  std::vector<T> numbers;
  for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
    numbers.push_back(std::bit_cast<T>(halftone::read_code<32>(bytes.data(), i / 4)));
  }
  return numbers;
}

}  // namespace halftone_test
