// SPDX-License-Identifier: MIT
// Halftone example: the chat template of a GGUF file, if it is ChatML.
#pragma once

#include "gguf_tokenizer.hpp"

namespace llama {

/// ChatML: `<|im_start|>ROLE\nTEXT<|im_end|>\n` for each message, then `<|im_start|>assistant\n`. Templates are programs in
/// another language (Jinja); this class recognises this one by its text and runs none.
class chat_template {
 public:
  /// @throws halftone::error if the file has no template, or one that is not ChatML
  chat_template(const halftone::gguf_file& file, const gguf_tokenizer& tokenizer, const std::string& origin);

  /// The tokens that ask for an answer to `message`. Nothing in it is taken for a special token.
  [[nodiscard]] std::vector<std::int32_t> ask(std::string_view message) const;
  /// The same as text.
  [[nodiscard]] std::string text(std::string_view message) const;

 private:
  const gguf_tokenizer& tokenizer_;
  std::string system_;  // what the template says where nobody else speaks for the system; empty: nothing
  std::int32_t start_ = 0;
  std::int32_t end_ = 0;
};

}  // namespace llama
