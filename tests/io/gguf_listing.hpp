// SPDX-License-Identifier: MIT
// Halftone tests: what a GGUF file holds, line by line in the form of make_gguf_golden.py.
#pragma once

#include "file_builder.hpp"

#include <halftone/io/gguf_file.hpp>

namespace halftone_test {

inline std::string hex(std::span<const std::uint8_t> raw) {
  std::string text;
  for (const std::uint8_t byte : raw) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15u];
  }
  return text;
}

inline std::string listing_of(const halftone::gguf_value& value) {
  std::string text;
  value.visit([&]<class T>(const T& got) {
    if constexpr (std::is_floating_point_v<T>) {
      std::vector<std::uint8_t> raw;
      halftone::detail::append_gguf(raw, got, std::endian::big);
      text = hex(raw);
    } else if constexpr (std::is_same_v<T, std::string_view>) {
      text = "'" + hex(bytes_of(got));
    } else if constexpr (std::is_same_v<T, halftone::gguf_array>) {
      text = std::string(name_of(got.element_type())) + ":[";
      for (const halftone::gguf_value element : got) {
        text += (text.back() == '[' ? "" : " ") + listing_of(element);
      }
      text += "]";
    } else {
      text = std::to_string(got);
    }
  });
  return text;
}

inline std::string listing_of(const halftone::gguf_entry& entry) {
  return "meta " + std::string(entry.key) + " " + std::string(name_of(entry.value.type())) + " " +
         listing_of(entry.value) + "\n";
}

inline std::string listing_of(const halftone::gguf_tensor& tensor) {
  std::string dims;
  for (const std::uint64_t each : tensor.dims()) {
    dims += (dims.empty() ? "" : "x") + std::to_string(each);
  }
  return "tensor " + std::string(tensor.name) + " " + std::string(name_of(tensor.type)) + " " +
         (dims.empty() ? "-" : dims) + " " + std::to_string(tensor.offset) + " " + hex(tensor.bytes) + "\n";
}

inline std::string listing_of(const halftone::gguf_file& file) {
  std::string text;
  for (const halftone::gguf_entry& entry : file.metadata()) {
    text += listing_of(entry);
  }
  for (const halftone::gguf_tensor& tensor : file.tensors()) {
    text += listing_of(tensor);
  }
  return text;
}

inline std::string golden(const std::string& name) { return HALFTONE_SOURCE_DIR "/tests/io/gguf_golden/" + name; }
inline std::string text_of(const std::string& path) {
  const bytes content = contents_of(path);
  return {content.begin(), content.end()};
}

}  // namespace halftone_test
