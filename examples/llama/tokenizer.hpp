// SPDX-License-Identifier: MIT
// Halftone example: one token a byte, numbered in the order of GPT-2's byte alphabet, and one end-of-text token.
//
// GPT-2 writes each byte as a visible character; the printable ones come first (33..126, 161..172, 174..255), then the
// other 68 in ascending order. With an empty list of merges this is a byte-level BPE that GGUF files can carry.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llama {

inline constexpr std::int32_t end_of_text = 256;
inline constexpr std::size_t token_count = 257;

/// One token for each byte.
[[nodiscard]] std::vector<std::int32_t> encode(std::string_view text);

/// The bytes of the tokens; end of text gives none. decode(encode(text)) == text.
/// @throws halftone::error for a number that is no token
[[nodiscard]] std::string decode(std::span<const std::int32_t> tokens);

}  // namespace llama
