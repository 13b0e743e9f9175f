// SPDX-License-Identifier: MIT
// Halftone: a safetensors file, written.
#pragma once

#include <halftone/io/file_replacement.hpp>
#include <halftone/io/json_text.hpp>
#include <halftone/io/safetensors_tensor.hpp>

#include <algorithm>
#include <map>

namespace halftone::inline v0_1 {

/// Collects tensors and writes them as one file.
///
/// The bytes do not depend on the order of the calls: widest element type first, then by name, so that every tensor starts
/// on a multiple of its element's size; the header is padded with spaces so that the data starts on a multiple of 64 bytes.
///
/// @throws halftone::error from every member for a wrong call: a name that occurs twice, is "__metadata__" or not UTF-8; a
///         shape whose bytes are not the bytes given; a header over 100 MB
class safetensors_writer {
 public:
  /// Adds a tensor that stays where it is: `bytes` must live until the file is written.
  void add(std::string name, safetensors_type type, std::vector<std::uint64_t> shape,
           std::span<const std::uint8_t> bytes) {
    insert(std::move(name), {type, std::move(shape), {}, bytes});
  }
  /// Adds a tensor that the writer keeps.
  void add(std::string name, safetensors_type type, std::vector<std::uint64_t> shape,
           std::vector<std::uint8_t>&& bytes) {
    item kept{type, std::move(shape), std::move(bytes), {}};
    kept.bytes = kept.owned;  // a vector's bytes stay where they are when it moves
    insert(std::move(name), std::move(kept));
  }

  /// Sets a string of "__metadata__", replacing one of the same key.
  void set_metadata(std::string key, std::string value) {
    expects_utf8(key, "metadata key");
    expects_utf8(value, "metadata value");
    metadata_[std::move(key)] = std::move(value);
  }

  /// Writes a temporary file beside `path` and renames it: on failure the old file is untouched, and no other is left.
  /// @return  bytes written
  result<std::uint64_t> write(const std::string& path) const {
    const std::vector<const entry*> order = ordered();
    const std::string head = header(order);
    detail::file_replacement file(path);
    file.write({reinterpret_cast<const std::uint8_t*>(head.data()), head.size()});
    for (const entry* each : order) {
      file.write(each->second.bytes);
    }
    return file.commit();
  }

  /// The file as bytes.
  [[nodiscard]] std::vector<std::uint8_t> to_bytes() const {
    const std::vector<const entry*> order = ordered();
    const std::string head = header(order);
    std::vector<std::uint8_t> file(head.begin(), head.end());
    for (const entry* each : order) {
      file.insert(file.end(), each->second.bytes.begin(), each->second.bytes.end());
    }
    return file;
  }

 private:
  struct item {
    safetensors_type type;
    std::vector<std::uint64_t> shape;
    std::vector<std::uint8_t> owned;
    std::span<const std::uint8_t> bytes;
  };
  using entry = std::pair<const std::string, item>;

  static void expects_utf8(const std::string& text, const char* what) {
    expects(detail::first_invalid_utf8(text) == text.size(), "safetensors_writer: ", what, " ", detail::in_quotes(text),
            " is not UTF-8");
  }

  void insert(std::string name, item added) {
    const std::string shown = detail::in_quotes(name);
    expects_utf8(name, "tensor name");
    expects(name != "__metadata__", "safetensors_writer: \"__metadata__\" cannot name a tensor");
    const detail::safetensors_size size = detail::size_of(added.type, added.shape);
    expects(size.what == detail::safetensors_size::problem::none, "safetensors_writer: tensor ", shown,
            size.what == detail::safetensors_size::problem::overflow ? ": the product of its shape overflows 64 bits"
                                                                     : ": its elements do not fill whole bytes");
    expects(size.bytes == added.bytes.size(), "safetensors_writer: tensor ", shown, " of type ", name_of(added.type),
            " needs ", size.bytes, " bytes, not ", added.bytes.size());
    expects(items_.emplace(std::move(name), std::move(added)).second, "safetensors_writer: tensor ", shown,
            " added twice");
  }

  /// Widest type first, then by name.
  [[nodiscard]] std::vector<const entry*> ordered() const {
    std::vector<const entry*> order;
    order.reserve(items_.size());
    for (const entry& each : items_) {
      order.push_back(&each);
    }
    std::sort(order.begin(), order.end(), [](const entry* a, const entry* b) {
      const unsigned a_bits = bits_of(a->second.type);
      const unsigned b_bits = bits_of(b->second.type);
      return a_bits != b_bits ? a_bits > b_bits : a->first < b->first;
    });
    return order;
  }

  /// The length, the JSON, the padding.
  [[nodiscard]] std::string header(const std::vector<const entry*>& order) const {
    constexpr std::size_t alignment = 64;
    std::string text(8, '\0');
    text += '{';
    const auto comma = [&] {
      if (text.back() != '{') {
        text += ',';
      }
    };
    if (!metadata_.empty()) {
      text += "\"__metadata__\":{";
      for (const auto& [key, value] : metadata_) {
        comma();
        detail::append_json_string(text, key);
        text += ':';
        detail::append_json_string(text, value);
      }
      text += '}';
    }
    std::uint64_t offset = 0;
    for (const entry* each : order) {
      const item& tensor = each->second;
      comma();
      detail::append_json_string(text, each->first);
      text += detail::message(":{\"dtype\":\"", name_of(tensor.type), "\",\"shape\":[");
      for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
        text += i == 0 ? "" : ",";
        text += std::to_string(tensor.shape[i]);
      }
      text += detail::message("],\"data_offsets\":[", offset, ",", offset + tensor.bytes.size(), "]}");
      offset += tensor.bytes.size();
    }
    text += '}';
    text.append((alignment - text.size() % alignment) % alignment, ' ');
    const std::uint64_t length = text.size() - 8;
    expects(length <= detail::safetensors_longest_header, "safetensors_writer: the header is above the limit of ",
            detail::safetensors_longest_header, " bytes");
    for (std::size_t i = 0; i < 8; ++i) {
      text[i] = static_cast<char>(static_cast<unsigned char>(length >> (8 * i)));
    }
    return text;
  }

  std::map<std::string, item> items_;  // by name
  std::map<std::string, std::string> metadata_;
};

}  // namespace halftone::inline v0_1
