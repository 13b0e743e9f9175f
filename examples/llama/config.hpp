// SPDX-License-Identifier: MIT
// Halftone example: the sizes of a Llama model, as config.json of a Hugging Face checkpoint gives them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace llama {

struct config {
  std::size_t vocabulary = 257;
  std::size_t hidden = 256;
  std::size_t feed_forward = 768;
  std::size_t layers = 4;
  std::size_t heads = 4;
  std::size_t key_value_heads = 2;
  std::size_t context = 256;  ///< longest sequence, in tokens
  float rope_theta = 10000.0f;
  float norm_epsilon = 1e-5f;

  [[nodiscard]] std::size_t head_size() const noexcept { return hidden / heads; }
  [[nodiscard]] std::size_t key_value_size() const noexcept { return key_value_heads * head_size(); }
};

/// Reads the text of a config.json.
/// @param origin  named in messages
/// @throws halftone::error where a size is missing, out of range, or asks for something this engine does not do
[[nodiscard]] config parse_config(const std::string& text, const std::string& origin);

/// Reads DIRECTORY/config.json.
[[nodiscard]] config read_config(const std::filesystem::path& directory);

/// The same sizes as JSON; parse_config(to_json(c), "") == c.
[[nodiscard]] std::string to_json(const config& c);

/// A whole file as bytes. @throws halftone::error if it cannot be read
[[nodiscard]] std::string read_text(const std::filesystem::path& path);

}  // namespace llama
