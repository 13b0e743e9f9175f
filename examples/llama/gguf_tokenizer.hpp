// SPDX-License-Identifier: MIT
// Halftone example: the tokenizer of a GGUF file: byte-level BPE (tokenizer.ggml.model "gpt2").
//
// A text is cut into words; the bytes of each are written as characters of GPT-2's alphabet; then the pair of neighbours
// that comes first in the file's list of merges becomes one symbol, again and again.
#pragma once

#include <halftone/io/gguf_file.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace llama {

class gguf_tokenizer {
 public:
  /// @param file    only read here
  /// @param origin  named in messages
  /// @throws halftone::error for another kind of tokenizer, another way to cut words than "smollm" and "gpt-2", or a
  ///         vocabulary that contradicts itself
  gguf_tokenizer(const halftone::gguf_file& file, const std::string& origin);

  /// The tokens of a text. A special token's name in it is text like any other. Bytes that the vocabulary has no token
  /// for are left out, as llama.cpp does.
  [[nodiscard]] std::vector<std::int32_t> encode(std::string_view text) const;
  /// Likewise, but names of special tokens become these tokens.
  [[nodiscard]] std::vector<std::int32_t> encode_with_specials(std::string_view text) const;

  /// The bytes of tokens; special tokens give none. @throws halftone::error for a number that is no token
  [[nodiscard]] std::string decode(std::span<const std::int32_t> tokens) const;

  /// The token of a special name, "<|im_end|>" for example.
  [[nodiscard]] std::optional<std::int32_t> special(std::string_view name) const;
  [[nodiscard]] std::size_t size() const noexcept { return tokens_.size(); }
  /// The token that every text starts with, if the file says so.
  [[nodiscard]] std::optional<std::int32_t> start() const noexcept { return start_; }
  /// Whether a text ends with this token.
  [[nodiscard]] bool is_end(std::int32_t token) const noexcept;

 private:
  void encode_word(std::string_view word, std::vector<std::int32_t>& out) const;

  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  template <class Value>
  using map = std::unordered_map<std::string, Value, hash, std::equal_to<>>;

  bool single_digits_ = false;
  std::vector<std::string> tokens_;
  std::vector<bool> is_special_;
  map<std::int32_t> ids_;       // of ordinary tokens
  map<std::int32_t> specials_;
  map<std::size_t> merges_;     // "left right" to its place in the list
  std::optional<std::int32_t> start_;
  std::vector<std::int32_t> ends_;
};

}  // namespace llama
