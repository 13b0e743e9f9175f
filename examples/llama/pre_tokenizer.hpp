// SPDX-License-Identifier: MIT
// Halftone example: how byte-level BPE cuts a text into words before it merges bytes.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace llama {

/// One character of a text in UTF-8, and how many bytes it takes. A byte that starts no character is one of its own,
/// U+FFFD.
struct character {
  std::uint32_t code_point = 0;
  std::size_t size = 0;
};
[[nodiscard]] character first_character(std::string_view text) noexcept;

/// The words of GPT-2's pattern
///   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
/// one after the other; together they are the text.
/// @param single_digits  each character of \p{N} is a word of its own before the pattern sees the rest, as in SmolLM2
[[nodiscard]] std::vector<std::string_view> split_words(std::string_view text, bool single_digits);

}  // namespace llama
