// SPDX-License-Identifier: MIT
// Halftone: a model in several safetensors files: model.safetensors.index.json, which file holds which tensor.
#pragma once

#include <halftone/core/result.hpp>
#include <halftone/io/file_mapping.hpp>
#include <halftone/io/json_reader.hpp>

#include <map>
#include <set>
#include <vector>

namespace halftone::inline v0_1 {

namespace detail {

/// Whether a shard's name names a file beside the index and nothing else: no folder, no drive, no place above, nothing invisible.
[[nodiscard]] constexpr bool is_plain_file_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > 255 || name == "." || name == "..") {
    return false;
  }
  for (const char c : name) {
    const auto value = static_cast<unsigned char>(c);
    if (value < 0x20u || value == 0x7fu || c == '/' || c == '\\' || c == ':') {
      return false;
    }
  }
  return true;
}

}  // namespace detail

/// The map of an index file: {"metadata": {...}, "weight_map": {tensor: shard, ...}}. What else it says is passed over.
///
/// Refused: text that is no JSON, no or two maps of tensors, tensors that occur twice, shards that are no plain names of files beside
/// the index ("../x", "/x", "a/b", "a\b", "C:x"), more than 2^20 tensors. Memory: a small multiple of the text.
class safetensors_index {
 public:
  static constexpr std::size_t longest_text = 100'000'000;
  static constexpr std::size_t most_tensors = std::size_t{1} << 20;

  /// Opens and reads an index file.
  static result<safetensors_index> open(const std::string& path) {
    result<file_mapping> mapping = file_mapping::open(path);
    if (!mapping) {
      return mapping.failure();
    }
    const std::span<const std::uint8_t> bytes = mapping.value().bytes();
    return parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  static result<safetensors_index> parse(std::string_view text) {
    if (text.size() > longest_text) {
      return file_failure{file_error::too_large, 0, detail::message("safetensors index: ", text.size(), " bytes, more than ", longest_text)};
    }
    if (const std::size_t bad = detail::first_invalid_utf8(text); bad != text.size()) {
      return file_failure{file_error::malformed, bad, "safetensors index: not UTF-8"};
    }
    listener reader;
    const std::optional<std::size_t> syntax = detail::read_json(text, reader);
    if (reader.failure) {
      return *std::move(reader.failure);
    }
    if (syntax) {
      return file_failure{file_error::malformed, *syntax, "safetensors index: not JSON"};
    }
    if (!reader.has_map) {
      return file_failure{file_error::malformed, 0, "safetensors index: there is no object \"weight_map\""};
    }
    safetensors_index index;
    index.files_ = std::move(reader.files);
    return index;
  }

  /// The name of the file that holds a tensor, beside the index; null if there is none.
  [[nodiscard]] const std::string* find(const std::string& tensor) const {
    const auto at = files_.find(tensor);
    return at == files_.end() ? nullptr : &at->second;
  }
  /// All tensors and their files, by name.
  [[nodiscard]] const std::map<std::string, std::string>& tensors() const noexcept { return files_; }
  /// The files, each once, by name.
  [[nodiscard]] std::vector<std::string> shards() const {
    std::set<std::string> names;
    for (const auto& [tensor, file] : files_) {
      names.insert(file);
    }
    return {names.begin(), names.end()};
  }

 private:
  struct listener {
    std::map<std::string, std::string> files{};
    std::size_t position = 0;
    std::size_t depth = 0;
    bool in_map = false;
    bool has_map = false;
    std::string key{};
    std::optional<file_failure> failure{};

    template <class... Parts>
    bool refuse(file_error code, const Parts&... parts) {
      failure = file_failure{code, position, detail::message("safetensors index: ", parts...)};
      return false;
    }
    bool other(std::string_view what) {
      return !in_map || depth != 2 || refuse(file_error::malformed, "the file of ", detail::in_quotes(key), " is ", what);
    }
    bool on_begin(detail::json_kind kind) {
      if (!other("no string")) {
        return false;
      }
      if (depth == 1 && key == "weight_map" && kind == detail::json_kind::object) {
        if (has_map) {
          return refuse(file_error::duplicate_name, "\"weight_map\" occurs twice");
        }
        has_map = in_map = true;
      }
      return ++depth <= 64 || refuse(file_error::too_large, "more than 64 levels");
    }
    bool on_end() {
      --depth;
      in_map = in_map && depth > 1;
      return true;
    }
    bool on_key(std::string& name) {
      key = std::move(name);
      return true;
    }
    bool on_string(std::string& file) {
      if (!in_map || depth != 2) {
        return true;
      }
      if (!detail::is_plain_file_name(file)) {
        return refuse(file_error::malformed, "the file of ", detail::in_quotes(key), " is ", detail::in_quotes(file),
                      ", no plain name of a file beside the index");
      }
      if (files.size() == most_tensors) {
        return refuse(file_error::too_large, "more than ", most_tensors, " tensors");
      }
      return files.emplace(key, std::move(file)).second ||
             refuse(file_error::duplicate_name, "tensor ", detail::in_quotes(key), " occurs twice");
    }
    bool on_integer(std::uint64_t) { return other("a number"); }
    bool on_other(std::string_view what) { return other(what); }
  };

  std::map<std::string, std::string> files_;
};

}  // namespace halftone::inline v0_1
