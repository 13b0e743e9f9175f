// SPDX-License-Identifier: MIT
// Halftone: text inside a JSON header: is it UTF-8, and how is it written.
#pragma once

#include <halftone/core/config.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace halftone::inline v0_1::detail {

/// Offset of the first byte that is not part of well-formed UTF-8 (no overlong forms, no surrogates, at most U+10FFFF);
/// text.size() if there is none. Source: Unicode 15, table 3-7.
[[nodiscard]] constexpr std::size_t first_invalid_utf8(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0u; };
  std::size_t i = 0;
  while (i < text.size()) {
    const unsigned lead = byte(i);
    if (lead < 0x80u) {
      ++i;
      continue;
    }
    const unsigned length = lead >= 0xc2u && lead <= 0xdfu   ? 2
                            : (lead & 0xf0u) == 0xe0u        ? 3
                            : lead >= 0xf0u && lead <= 0xf4u ? 4
                                                             : 0;
    const unsigned lowest = lead == 0xe0u ? 0xa0u : lead == 0xf0u ? 0x90u : 0x80u;
    const unsigned highest = lead == 0xedu ? 0x9fu : lead == 0xf4u ? 0x8fu : 0xbfu;
    if (length == 0 || byte(i + 1) < lowest || byte(i + 1) > highest) {
      return i;
    }
    for (unsigned next = 2; next < length; ++next) {
      if ((byte(i + next) & 0xc0u) != 0x80u) {
        return i;
      }
    }
    i += length;
  }
  return text.size();
}

/// Appends a JSON string: quotes, and escapes for quote, backslash and control characters; other bytes as they are.
inline void append_json_string(std::string& out, std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto value = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (value < 0x20u) {
      out += "\\u00";
      out += digits[value >> 4];
      out += digits[value & 15u];
    } else {
      out += c;
    }
  }
  out += '"';
}

/// A name from a file for a message: in quotes, control characters as '?', at most 64 bytes of it.
[[nodiscard]] inline std::string in_quotes(std::string_view name) {
  constexpr std::size_t longest = 64;
  std::string text = "\"";
  for (const char c : name.substr(0, longest)) {
    const auto value = static_cast<unsigned char>(c);
    text += value < 0x20u || value == 0x7fu ? '?' : c;
  }
  text += name.size() > longest ? "...\"" : "\"";
  return text;
}

}  // namespace halftone::inline v0_1::detail
