// SPDX-License-Identifier: MIT
// Halftone tests: GGUF files made field by field, and three that are legal.
#pragma once

#include "file_builder.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace halftone_test {

/// Writes the fields of a file one after the other, whatever they say. Knows nothing of the library.
class gguf_builder {
 public:
  explicit gguf_builder(std::endian order = std::endian::little) : order_(order) {}

  template <class T>
  gguf_builder& put(T value) {
    std::uint8_t raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    if (order_ != std::endian::native) {
      std::reverse(raw, raw + sizeof(T));
    }
    file_.insert(file_.end(), raw, raw + sizeof(T));
    return *this;
  }
  gguf_builder& u8(unsigned value) { return put(static_cast<std::uint8_t>(value)); }
  gguf_builder& u32(std::uint32_t value) { return put(value); }
  gguf_builder& u64(std::uint64_t value) { return put(value); }
  gguf_builder& raw(std::string_view text) {
    file_.insert(file_.end(), text.begin(), text.end());
    return *this;
  }
  gguf_builder& text(std::string_view value) { return u64(value.size()).raw(value); }

  gguf_builder& start(std::uint64_t tensors, std::uint64_t entries, std::uint32_t version = 3) {
    return raw("GGUF").u32(version).u64(tensors).u64(entries);
  }
  gguf_builder& key(std::string_view name, std::uint32_t type) { return text(name).u32(type); }
  gguf_builder& tensor(std::string_view name, std::vector<std::uint64_t> dims, std::uint32_t type,
                       std::uint64_t offset) {
    text(name).u32(static_cast<std::uint32_t>(dims.size()));
    for (const std::uint64_t each : dims) {
      u64(each);
    }
    return u32(type).u64(offset);
  }
  gguf_builder& pad(std::size_t alignment = 32) {
    file_.resize((file_.size() + alignment - 1) / alignment * alignment);
    return *this;
  }
  /// Bytes 1, 2, 3, ...
  gguf_builder& data(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      file_.push_back(static_cast<std::uint8_t>(i + 1));
    }
    return *this;
  }

  /// Remembers this place as the one that a failure is to name.
  gguf_builder& here() {
    place_ = file_.size();
    return *this;
  }

  [[nodiscard]] const bytes& file() const { return file_; }
  [[nodiscard]] std::size_t place() const { return place_; }

 private:
  std::endian order_;
  bytes file_;
  std::size_t place_ = 0;
};

/// Three small files that are legal and have something of everything.
inline std::vector<bytes> legal_gguf_files() {
  std::vector<bytes> files;
  files.push_back(gguf_builder()
                      .start(2, 4)
                      .key("a.b", 4)
                      .u32(7)
                      .key("s", 8)
                      .text("word")
                      .key("l", 9)
                      .u32(8)
                      .u64(2)
                      .text("x")
                      .text("")
                      .key("yes", 7)
                      .u8(1)
                      .tensor("w", {32, 2}, 2, 0)
                      .tensor("v", {3}, 0, 64)
                      .pad()
                      .data(64 + 12)
                      .file());
  files.push_back(gguf_builder(std::endian::big)
                      .start(1, 2)
                      .key("general.alignment", 4)
                      .u32(8)
                      .key("n", 9)
                      .u32(9)
                      .u64(2)
                      .u32(3)
                      .u64(1)
                      .put(std::int16_t{-2})
                      .u32(7)
                      .u64(2)
                      .u8(0)
                      .u8(1)
                      .tensor("t", {2, 1, 1, 2}, 25, 8)
                      .pad(8)
                      .data(16)
                      .file());
  files.push_back(gguf_builder()
                      .start(3, 1, 2)
                      .key("d", 12)
                      .put(0.5)
                      .tensor("scalar", {}, 0, 0)
                      .tensor("none", {0, 5}, 1, 32)
                      .tensor("last", {64}, 8, 32)
                      .pad()
                      .data(32 + 68)
                      .file());
  return files;
}

}  // namespace halftone_test
