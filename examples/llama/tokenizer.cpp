// SPDX-License-Identifier: MIT
// Halftone example: tokens and bytes.
#include "tokenizer.hpp"

#include <halftone/core/error.hpp>

#include <array>

namespace llama {

namespace {

constexpr bool is_printable(std::size_t byte) {
  return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

struct alphabet {
  std::array<std::uint8_t, 256> byte_of_token{};
  std::array<std::int32_t, 256> token_of_byte{};

  constexpr alphabet() {
    std::size_t token = 0;
    for (const bool printable : {true, false}) {
      for (std::size_t byte = 0; byte < 256; ++byte) {
        if (is_printable(byte) == printable) {
          byte_of_token[token] = static_cast<std::uint8_t>(byte);
          token_of_byte[byte] = static_cast<std::int32_t>(token++);
        }
      }
    }
  }
};

constexpr alphabet letters{};
static_assert(letters.token_of_byte['!'] == 0 && letters.token_of_byte[0] == 188 && letters.byte_of_token[255] == 173);

}  // namespace

std::vector<std::int32_t> encode(std::string_view text) {
  std::vector<std::int32_t> tokens;
  tokens.reserve(text.size());
  for (const char c : text) {
    tokens.push_back(letters.token_of_byte[static_cast<std::uint8_t>(c)]);
  }
  return tokens;
}

std::string decode(std::span<const std::int32_t> tokens) {
  std::string text;
  text.reserve(tokens.size());
  for (const std::int32_t token : tokens) {
    halftone::expects(token >= 0 && token <= end_of_text, "decode: ", token, " is no token; they are 0 to ",
                      end_of_text);
    if (token != end_of_text) {
      text.push_back(static_cast<char>(letters.byte_of_token[static_cast<std::size_t>(token)]));
    }
  }
  return text;
}

}  // namespace llama
