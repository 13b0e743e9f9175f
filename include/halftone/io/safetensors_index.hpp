// SPDX-License-Identifier: MIT
// Halftone: checkpoints in several safetensors files, by their index: model.safetensors.index.json beside the shards.
#pragma once

#include <halftone/io/json_fields.hpp>
#include <halftone/io/safetensors_file.hpp>

#include <algorithm>

namespace halftone::inline v0_1 {

/// Which file of a checkpoint holds which tensor: the "weight_map" of an index. Other fields are not looked at.
///
/// A shard is a file beside the index, never elsewhere: its name is refused if it has a slash, a backslash, a colon or a control
/// character, or does not end in ".safetensors" behind at least one character. Refused besides: what `json_fields` refuses, an index
/// without a weight map, and shards that are no strings.
class safetensors_index {
 public:
  [[nodiscard]] static result<safetensors_index> parse(std::string_view text) { return of(json_fields::parse(text, what)); }
  [[nodiscard]] static result<safetensors_index> open(const std::string& path) { return of(json_fields::open(path, what)); }

  /// The files, in the order of their names.
  [[nodiscard]] std::vector<std::string> shards() const {
    std::vector<std::string> names;
    for (const auto& [tensor, shard] : shard_of_) {
      names.push_back(shard);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }
  /// The file of a tensor, or null.
  [[nodiscard]] const std::string* shard_of(const std::string& tensor) const {
    const auto at = shard_of_.find(tensor);
    return at == shard_of_.end() ? nullptr : &at->second;
  }
  [[nodiscard]] const std::map<std::string, std::string>& tensors() const noexcept { return shard_of_; }

 private:
  static constexpr std::string_view what = "safetensors index";
  static constexpr std::string_view map_path = "weight_map/";

  [[nodiscard]] static result<safetensors_index> of(const result<json_fields>& fields) {
    if (!fields) {
      return fields.failure();
    }
    if (fields.value().get<double>(std::string(map_path)) == nullptr) {
      return refusal(fields.value().offset_of("weight_map"), "there is no \"weight_map\"");
    }
    safetensors_index index;
    for (const auto& [path, field] : fields.value().values()) {
      if (!path.starts_with(map_path) || path.size() == map_path.size()) {
        continue;
      }
      const std::string tensor = path.substr(map_path.size());
      const auto* shard = std::get_if<std::string>(&field.value);
      if (shard == nullptr) {
        return refusal(field.offset, "the file of tensor ", detail::in_quotes(tensor), " is no string");
      }
      if (!is_file_name(*shard)) {
        return refusal(field.offset, "tensor ", detail::in_quotes(tensor), " is in ", detail::in_quotes(*shard), ", which is no name of a file beside the index");
      }
      index.shard_of_.emplace(tensor, *shard);
    }
    return index;
  }

  template <class... Parts>
  [[nodiscard]] static file_failure refusal(std::size_t offset, const Parts&... parts) {
    return {file_error::malformed, offset, detail::message(what, ": ", parts...)};
  }
  [[nodiscard]] static bool is_file_name(std::string_view name) noexcept {
    constexpr std::string_view ending = ".safetensors";
    return name.size() > ending.size() && name.ends_with(ending) && std::none_of(name.begin(), name.end(), [](char c) {
      return c == '/' || c == '\\' || c == ':' || static_cast<unsigned char>(c) < 0x20;
    });
  }

  std::map<std::string, std::string> shard_of_;
};

}  // namespace halftone::inline v0_1
